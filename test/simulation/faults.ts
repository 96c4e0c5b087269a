/** What Liner answers, or what keeps it from answering: the network's code and words. */
export interface ModelAnswer {
	statusCode?: number;
	message?: string;
	data?: unknown;
	/** Instead of Liner's envelope. */
	text?: string;
	error?: [code: string, words: string];
	/** Reading the answer ends in an error that no rule foresees. */
	crashes?: boolean;
}

interface AnswerKind {
	/** For a person to read. */
	says: string;
	mayStore: 'always' | 'never' | 'maybe';
	/** @param id Of the lead, if it is stored. */
	respond(id: number | undefined, timeout: number): ModelAnswer;
}

/** All that may come of a request. */
export const ANSWERS = {
	ok: {
		says: 'its ID',
		mayStore: 'always',
		respond: (id) => ({ statusCode: 200, data: { id } }),
	},
	broken: {
		says: 'a broken connection',
		mayStore: 'maybe',
		respond: () => ({ error: ['ECONNRESET', 'read ECONNRESET'] }),
	},
	hungUp: {
		says: 'a closed connection',
		mayStore: 'maybe',
		respond: () => ({ error: ['ECONNRESET', 'socket hang up'] }),
	},
	lost: {
		says: 'a connection that is refused when it was open already',
		mayStore: 'maybe',
		respond: () => ({ error: ['ECONNREFUSED', 'read ECONNREFUSED'] }),
	},
	timeout: {
		says: 'no answer in time',
		mayStore: 'maybe',
		respond: (_id, timeout) => ({ error: ['ECONNABORTED', `timeout of ${timeout}ms exceeded`] }),
	},
	error: {
		says: 'status 500',
		mayStore: 'maybe',
		respond: () => ({ statusCode: 500, message: 'Oops' }),
	},
	webPage: {
		says: 'a web page with status 502',
		mayStore: 'maybe',
		respond: () => ({ statusCode: 502, text: '<html>Bad Gateway</html>' }),
	},
	cut: {
		says: 'half of the answer',
		mayStore: 'maybe',
		respond: () => ({ statusCode: 200, text: '{"success": true, "mess' }),
	},
	noId: {
		says: 'success without an ID',
		mayStore: 'maybe',
		respond: () => ({ statusCode: 200, data: null }),
	},
	crash: {
		says: 'an answer that crashes the node',
		mayStore: 'maybe',
		respond: () => ({ statusCode: 200, crashes: true }),
	},
	rejected: {
		says: 'a rejection',
		mayStore: 'never',
		respond: () => ({ statusCode: 422, message: 'Not now' }),
	},
	throttled: {
		says: 'status 429',
		mayStore: 'never',
		respond: () => ({ statusCode: 429, message: 'Too many requests' }),
	},
	refused: {
		says: 'no connection',
		mayStore: 'never',
		respond: () => ({ error: ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:443'] }),
	},
} satisfies Record<string, AnswerKind>;

export type AnswerName = keyof typeof ANSWERS;

export const answerKind = (name: AnswerName): AnswerKind => ANSWERS[name];

/** How Liner misbehaves about one create. */
export interface CreateFault {
	answer: AnswerName;
	/** How long the answer takes, in milliseconds. */
	latency: number;
	/**
	 * When the lead is stored where that is open: before the answer; after it, but in the time for which the node promises to
	 * look; or later than anybody can wait.
	 */
	stored: 'no' | 'early' | 'late' | 'tooLate';
	/** How late, from 0 to 1. */
	lateness: number;
	/** In seconds. */
	retryAfter?: number;
}

/** How Liner misbehaves about one list or detail. */
export interface ReadFault {
	answer: AnswerName;
	latency: number;
	retryAfter?: number;
	/** How many leads of other clients come in after the page. */
	comesIn: number;
	/** Whether the leads that the page does not show are changed by an agent after it. */
	touches: boolean;
}

/** In what form Liner shows a lead. */
export interface ShownForm {
	phone: 'asSent' | 'plus' | 'trunk' | 'bare' | 'masked';
	name: 'asSent' | 'upperCase' | 'cut' | 'withoutEmoji' | 'edited';
	customValues: 'asSent' | 'list' | 'number' | 'missing';
	createdAt: 'iso' | 'seconds' | 'withoutZone' | 'missing';
	id: 'number' | 'text';
	/** By how much a lead seems older than it is, in milliseconds. */
	createdEarly: number;
	/** What only the detail shows. */
	onlyInDetail: string[];
}

export interface LinerSettings {
	/** How far Liner's clock is ahead, in milliseconds. */
	offset: number;
	/** Whether its answers say what time it is. */
	tellsTime: boolean;
	order: 'newest' | 'oldest' | 'touched' | 'scattered';
	shown: ShownForm;
}
