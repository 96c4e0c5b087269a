/** The n8n versions whose engines the tests run on, oldest first; each has a folder with its name in `lines/`. */
export const lines = [
	{ name: '1.70', n8n: '1.70.0' },
	{ name: '1.100', n8n: '1.100.1' },
	{ name: '1.123', n8n: '1.123.81' },
	{ name: '2.0', n8n: '2.0.3' },
	{ name: '2.41', n8n: '2.41.1' },
] as const;

export type Line = (typeof lines)[number];

/** Something that engines lack, so that some tests cannot pass there. */
export interface Lack {
	/** The test in `tests/lacks.test.ts` that shows what the node does without it. */
	id: 'hints' | 'lastTry' | 'objectFunctions' | 'toolDescription' | 'toolErrors' | 'issues';
	/** What completes "the engine lacks ...". */
	what: string;
	/** The names of the lines that lack it. */
	lines: Array<Line['name']>;
	/** By file in `test/`, the full names. All of them fail there. */
	tests: Record<string, string[]>;
}

/** Each text of the first list followed by each of the second, and so on. */
const combine = (...parts: string[][]) =>
	parts.reduce((starts, part) => starts.flatMap((start) => part.map((end) => start + end)), ['']);

/** All known lacks; whatever else fails on a line is a surprise. */
export const lacks: Lack[] = [
	{
		id: 'hints',
		what: 'hints on the output',
		lines: ['1.70'],
		tests: {
			'engine/autoMapping.test.ts': [
				'automatic mapping ignores other columns, and names each of them once',
				'automatic mapping works without the custom fields when they cannot be read, and says so',
				'automatic mapping prefers the title that matches the column exactly',
			],
			'engine/createAsync.test.ts': [
				'creating leads asynchronously says what was accepted when it stops, and does not send it again',
			],
			'engine/customFields.test.ts': [
				'the definitions of the custom fields are not needed: without them, values are sent as given and the run says so',
			],
			'engine/exactlyOnce.test.ts': [
				'"Return the Existing Lead" together with "Retry On Fail" sends no existing lead at the second try of a run that stops on errors',
				'"Return the Existing Lead" together with "Retry On Fail" sends no existing lead at the second try of a run that continues',
			],
			'engine/hints.test.ts': [
				'the hints on the output say how many items came from an earlier try',
				'the hints on the output say how many items already had a lead in Liner',
				'the hints on the output say how many leads were found in Liner after an unclear answer',
				'the hints on the output say how often Liner asked to slow down',
				'the hints on the output come with a run that goes on after errors',
			],
		},
	},
	{
		id: 'lastTry',
		what: 'the output of the last try with "Retry On Fail" and "Continue" (it keeps that of the first)',
		lines: ['1.70'],
		tests: {
			'engine/exactlyOnce.test.ts': [
				'items that JSON cannot hold an item that holds a BigInt is one lead',
				'items that JSON cannot hold an item that holds a BigInt is one lead, mapped automatically',
				'a credential that cannot be read at the second try with "Continue" hides no lead when it is gone',
				'a credential that cannot be read at the second try with "Continue" hides no lead when it is incomplete',
			],
			'engine/resume.test.ts': [
				'"Retry On Fail" together with "Continue" sends again only the item that failed',
				...combine(
					['every kind of failure '],
					['rejected', 'not delivered', 'unknown, not stored'],
					[': '],
					['continueRegularOutput', 'continueErrorOutput'],
					[', 1 in parallel, tries: 3', ', 10 in parallel, tries: 3'],
				),
			],
		},
	},
	{
		id: 'objectFunctions',
		what: 'expressions with a function that returns an object',
		lines: ['1.70'],
		tests: { 'engine/create.test.ts': ['custom values come as a list by expression'] },
	},
	{
		id: 'toolDescription',
		what: "the operation in a tool's description, and fields that are hidden in tools",
		lines: ['1.70'],
		tests: {
			'engine/aiTool.test.ts': [
				"an AI agent's tool is explained to the agent",
				"an AI agent's tool does not offer automatic mapping, because an agent only fills in fields",
			],
		},
	},
	{
		id: 'toolErrors',
		what: 'a second try for tools, and the whole error for the agent',
		lines: ['1.70', '1.100'],
		tests: {
			'engine/aiTool.test.ts': [
				"an AI agent's tool tells the agent what to correct",
				"an AI agent's tool creates one lead for a call, however often it is tried",
				"an AI agent's tool finds the lead of a try in doubt once it can list leads",
			],
		},
	},
	{
		id: 'issues',
		what: 'the reason in the error when an invalid parameter keeps a run from starting',
		lines: ['1.70', '1.100', '1.123', '2.0'],
		tests: {
			'engine/orders.test.ts': [
				'an order given by ID is checked before the run: "0"',
				'an order given by ID is checked before the run: "river-park"',
				'an order given by ID is checked before the run: "5.5"',
			],
		},
	},
];
