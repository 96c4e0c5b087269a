import Fastify from 'fastify';
import type { AddressInfo } from 'node:net';

/** What a chat model is asked, as far as it matters here. */
interface ChatRequest {
	messages: Array<{ role: string; content: unknown }>;
	tools?: Array<{ function: { name: string; parameters: { properties: Record<string, unknown> } } }>;
}

/** A stand-in for a chat model, which calls the one tool that it is offered and then says that it is done. */
export interface Model {
	/** For n8n's credential "OpenAI". */
	url: string;
	/** Says with which arguments to call the tool. */
	plan(toolArguments: Record<string, unknown>): void;
	/** The tools that it was offered, with the names of their arguments in alphabetical order. */
	tools: Array<{ name: string; fields: string[] }>;
	/** What the tool has answered to its last call. */
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
		model: 'stand-in',
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
