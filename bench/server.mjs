/**
 * The lightest possible fake of Liner, in its own process: it creates any lead, and answers after the number of
 * milliseconds (a fifth more or less) in the first part of the path, e.g. `/50/v2/lead/create/`.
 */
import { createServer } from 'node:http';

let nextLeadId = 1;

const server = createServer((request, response) => {
	const [, delay, path] = /^\/(\d+)(\/.*)$/.exec(request.url);
	request.resume();
	request.once('end', () => {
		const data = path === '/v2/lead/create/' ? `{"id":${nextLeadId++}}` : '[]';
		const answer = () => {
			response.setHeader('content-type', 'application/json');
			response.end(`{"success":true,"message":"","data":${data}}`);
		};
		if (delay === '0') answer();
		else setTimeout(answer, Number(delay) * (0.8 + 0.4 * Math.random()));
	});
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.once('disconnect', () => {
	server.closeAllConnections();
	server.close();
});
