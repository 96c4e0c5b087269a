import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';

/** The parts of a request to a chat model that matter here. */
interface ChatRequest {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: { name: string; parameters: { properties: Record<string, unknown> } } }>;
}

/** A fake chat model, which calls the only tool that it is offered and then says that it is done. */
export interface Model {
	/** For n8n's credential "OpenAI". */
	url: string;
	/** Sets the arguments for the call of the tool. */
	plan(toolArguments: Record<string, unknown>): void;
	/** The tools that it was offered, with the names of their arguments in alphabetical order. */
	tools: Array<{ name: string; fields: string[] }>;
	/** The tool's answer to its last call. */
	answerOfTool?: unknown;
	close(): Promise<void>;
}

export async function startModel(): Promise<Model> {
	let planned: Record<string, unknown> = {};
	const app = Fastify();
	app.post('/v1/chat/completions', async ({ body }) => {
		const { messages, tools = [] } = body as ChatRequest;
		const answer = messages.find(({ role }) => role === 'tool');
		if (answer === undefined) {
			model.tools = tools.map(({ function: { name, parameters } }) => ({
				name,
				fields: Object.keys(parameters.properties).sort(),
			}));
			const call = { name: tools[0].function.name, arguments: JSON.stringify(planned) };
			return toCompletion({ tool_calls: [{ id: 'call-1', type: 'function', function: call }] });
		}
		model.answerOfTool = answer.content;
		return toCompletion({ content: 'Done.' });
	});
	await app.listen({ host: '127.0.0.1', port: 0 });

	const model: Model = {
		url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1`,
		plan: (toolArguments) => {
			planned = toolArguments;
		},
		tools: [],
		close: async () => await app.close(),
	};
	return model;
}

function toCompletion(message: { content?: string; tool_calls?: unknown[] }) {
	return {
		id: 'completion-1',
		object: 'chat.completion',
		created: 0,
		model: 'fake',
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content: null, ...message },
				finish_reason: message.tool_calls === undefined ? 'stop' : 'tool_calls',
			},
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
