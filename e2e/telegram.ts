import type { OutsideRoute } from './outside';

/** In characters, without tags and with entities decoded. */
const LONGEST_MESSAGE = 4_096;

/** A fake of Telegram, to which a bot can send messages for one chat. */
export class Telegram {
	/** The texts of the messages received, as they are displayed. */
	readonly messages: string[] = [];

	readonly routes: OutsideRoute[];

	constructor(botToken: string, chatId: string) {
		this.routes = [
			{
				host: 'api.telegram.org',
				method: 'POST',
				url: '/:bot/sendMessage',
				handler: async ({ params, body }, reply) => {
					const message = body as { chat_id: string; text: string; parse_mode: string };
					const refuse = async (code: number, description: string) =>
						await reply.status(code).send({ ok: false, error_code: code, description });
					if ((params as { bot: string }).bot !== `bot${botToken}`) return await refuse(401, 'Unauthorized');
					if (message.chat_id !== chatId) return await refuse(400, 'Bad Request: chat not found');
					const shown = show(message.text, message.parse_mode);
					if (shown === undefined) return await refuse(400, "Bad Request: can't parse entities");
					if (shown.length > LONGEST_MESSAGE) return await refuse(400, 'Bad Request: message is too long');
					this.messages.push(shown);
					return { ok: true, result: { message_id: this.messages.length, text: shown } };
				},
			},
		];
	}
}

/** @returns `undefined` for what Telegram cannot parse. */
function show(text: string, parseMode: string): string | undefined {
	if (parseMode !== 'HTML') return undefined;
	const withoutTags = text.replace(/<b>([^<>]*)<\/b>/g, '$1');
	if (/[<>]|&(?!(amp|lt|gt|quot);)/.test(withoutTags)) return undefined;
	return withoutTags.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
