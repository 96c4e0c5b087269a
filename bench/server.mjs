/**
 * The lightest stand-in for Liner there can be, in a process of its own: it creates any lead, and says so after about as
 * many milliseconds (a fifth more or less) as the first part of the path tells, e.g. `/50/v2/lead/create/`.
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
