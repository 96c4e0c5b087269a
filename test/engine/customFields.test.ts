import type { IDataObject } from 'n8n-workflow';

import { linerWorkflow } from '../support/engine';
import { requiredBody, requiredParameters, useLiner } from '../support/fixture';
import { faults } from '../../sandbox/sandbox';
import { seedCustomFields } from '../../sandbox/seed';

const liner = useLiner();

const FIELDS = {
	text: 11,
	select: 12,
	int: 13,
	float: 14,
	multiselect: 15,
	date: 16,
	datetime: 17,
	bool: 18,
};

const run = async (field: keyof typeof FIELDS, value: unknown) =>
	await liner.run([{ value } as IDataObject], {
		customValues: { values: [{ fieldId: String(FIELDS[field]), value: '={{ $json.value }}' }] },
	});

/** The offset of the engine's default time zone, which is far from UTC, so that it shows. */
const ZONE = '-05:00';

describe('a custom value', () => {
	it.each<[field: keyof typeof FIELDS, given: unknown, sent: unknown]>([
		['text', ' перезвонить ', 'перезвонить'],
		['text', 42, '42'],
		['text', true, 'true'],
		['text', '2026-05-01', '2026-05-01'],
		['int', 3, 3],
		['int', '3', 3],
		['int', ' -5 ', -5],
		['int', '1 200 000', 1_200_000],
		['int', 0, 0],
		['float', 12.5, 12.5],
		['float', '12.5', 12.5],
		['float', '12,5', 12.5],
		['float', '1 234,56', 1234.56],
		['float', 7, 7],
		['bool', true, true],
		['bool', 'TRUE', true],
		['bool', 'FALSE', false],
		['bool', 1, true],
		['bool', 0, false],
		['bool', 'Да', true],
		['bool', 'no', false],
		['date', '2026-05-01', '2026-05-01'],
		['date', '01.05.2026', '2026-05-01'],
		['date', '2026/5/1', '2026-05-01'],
		['date', '2026-05-01T23:30:00+03:00', '2026-05-01'],
		['date', '2026-05-01T00:00:00.000Z', '2026-05-01'],
		['date', 46143, '2026-05-01'],
		['datetime', '2026-01-15T10:00:00+03:00', '2026-01-15T10:00:00+03:00'],
		['datetime', '2026-01-15T10:00:00.000Z', '2026-01-15T10:00:00+00:00'],
		['datetime', '2026-01-15 10:00', `2026-01-15T10:00:00${ZONE}`],
		['datetime', '15.01.2026 10:00:30', `2026-01-15T10:00:30${ZONE}`],
		['datetime', '2026-01-15', `2026-01-15T00:00:00${ZONE}`],
		['datetime', 46037.5, `2026-01-15T12:00:00${ZONE}`],
		['select', 'vip', 'vip'],
		['select', 'VIP', 'vip'],
		['select', ' standard ', 'standard'],
		['multiselect', ['parking', 'Ипотека'], ['parking', 'mortgage']],
		['multiselect', 'Parking, storage room', ['parking', 'storage']],
		['multiselect', 'parking; ипотека', ['parking', 'mortgage']],
		['multiselect', 'Parking', ['parking']],
		['multiselect', ['parking', 'Parking', ''], ['parking']],
		['multiselect', 'Parking\nStorage room|ипотека', ['parking', 'storage', 'mortgage']],
		['multiselect', '["Parking", "storage"]', ['parking', 'storage']],
		['int', '3.0', 3],
		['int', "1'200", 1200],
		['int', '1\u00a0200,00', 1200],
		['bool', ' ИСТИНА ', true],
		['bool', 'Ложь', false],
		['datetime', '15.01.2026, 10:00:30', `2026-01-15T10:00:30${ZONE}`],
		['float', '123456789012.345', 123456789012.345],
		['float', '0,125', 0.125],
	])('is brought to its type: %s %j', async (field, given, sent) => {
		const { bodies, hints, error } = await run(field, given);
		expect(error).toBeUndefined();
		expect(bodies).toEqual([{ ...requiredBody, customValues: { [FIELDS[field]]: sent } }]);
		expect(hints).toEqual([]);
	});

	it.each<[field: keyof typeof FIELDS, given: unknown]>([
		['text', ''],
		['int', ' '],
		['bool', null],
		['select', ''],
		['multiselect', []],
		['multiselect', ['', null]],
		['multiselect', ' ; , '],
		['multiselect', '[]'],
	])('is left out when it is blank: %s %j', async (field, given) => {
		const { bodies } = await run(field, given);
		expect(bodies).toEqual([requiredBody]);
	});

	it.each<[field: keyof typeof FIELDS, given: unknown, reason: string, allowed: string]>([
		[
			'text',
			['a'],
			'["a"] for the field "Комментарий менеджера" (ID 11), which is not text',
			'text, a number that has kept all its digits, true or false, or a date',
		],
		[
			'int',
			'3.5',
			'"3.5" for the field "Rooms" (ID 13), which is not a whole number',
			'a whole number, e.g. 3 or -5',
		],
		[
			'int',
			'three',
			'"three" for the field "Rooms" (ID 13), which is not a whole number',
			'a whole number, e.g. 3 or -5',
		],
		[
			'int',
			'12,000',
			'"12,000" for the field "Rooms" (ID 13), which may be one with thousands or one with decimals',
			'a whole number, e.g. 3 or -5',
		],
		[
			'int',
			true,
			'true for the field "Rooms" (ID 13), which is not a whole number',
			'a whole number, e.g. 3 or -5',
		],
		[
			'float',
			'1,234',
			'"1,234" for the field "Budget, million" (ID 14), which may be one with thousands or one with decimals',
			'a number, e.g. 12.5 or 12,5, and 1234.5 without a separator of thousands',
		],
		[
			'int',
			'12\n345',
			'"12\\n345" for the field "Rooms" (ID 13), which is not a whole number',
			'a whole number, e.g. 3 or -5',
		],
		[
			'float',
			'12345678901234567.5',
			'"12345678901234567.5" for the field "Budget, million" (ID 14), which is not a number',
			'a number, e.g. 12.5 or 12,5, and 1234.5 without a separator of thousands',
		],
		[
			'bool',
			'maybe',
			'"maybe" for the field "Consent" (ID 18), which is not yes or no',
			'true, yes, on, 1, да, истина, false, no, off, 0, нет, ложь',
		],
		[
			'date',
			'03/04/2026',
			'"03/04/2026" for the field "Birthday" (ID 16), which begins with the day for some and with the month for others',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'date',
			'25/12/2026 10:00',
			'"25/12/2026 10:00" for the field "Birthday" (ID 16), which begins with the day for some and with the month for others',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'date',
			'45/99/2026',
			'"45/99/2026" for the field "Birthday" (ID 16), which is not a date',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'date',
			'03/04/2026 or later',
			'"03/04/2026 or later" for the field "Birthday" (ID 16), which is not a date',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'date',
			'2026-02-30',
			'"2026-02-30" for the field "Birthday" (ID 16), which is not a date',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'date',
			1985,
			'1985 for the field "Birthday" (ID 16), which is not a date',
			'a date, e.g. 2026-05-01 or 01.05.2026',
		],
		[
			'datetime',
			'tomorrow',
			'"tomorrow" for the field "Visit" (ID 17), which is not a date and time',
			'a date and time, e.g. 2026-05-01T10:00:00+03:00 or 01.05.2026 10:00',
		],
		[
			'select',
			'gold',
			'"gold" for the field "Segment" (ID 12), which is not one of its choices',
			'VIP (vip), Standard (standard), Cold (cold)',
		],
		[
			'multiselect',
			'Parking, pool',
			'"Parking, pool" for the field "Interests" (ID 15), which is not a list of its choices',
			'one or more, as a list or with commas or semicolons in between, of Parking (parking), Storage room (storage), Ипотека (mortgage)',
		],
	])('that is invalid is refused with all that is allowed: %s %j', async (field, given, reason, allowed) => {
		const { bodies, error } = await run(field, given);
		const title = /for the field "(.+)" \(ID/.exec(reason)?.[1];
		expect(error).toMatchObject({
			message: `'Custom Values' has ${reason} [item 0]`,
			description: `${JSON.stringify(title)} takes ${allowed}. Nothing was sent to Liner.`,
		});
		expect(bodies).toEqual([]);
	});

	it('may name its field by the title', async () => {
		const { bodies } = await liner.run([{}], {
			specifyCustomValues: 'json',
			jsonCustomValues: '{ "Segment": "Cold", "rooms": "2", "11": "note" }',
		});
		expect(bodies).toEqual([{ ...requiredBody, customValues: { 11: 'note', 12: 'cold', 13: 2 } }]);
	});

	it('cannot be given twice, by ID and by title', async () => {
		const { error } = await liner.run([{}], {
			specifyCustomValues: 'json',
			jsonCustomValues: '{ "12": "vip", "Segment": "cold" }',
		});
		expect(error?.message).toBe(`'Custom Values (JSON)' has the field "Segment" twice [item 0]`);
	});

	it('cannot name its field by a title that two fields have', async () => {
		const { account } = liner.sandbox;
		account.customFields = [...seedCustomFields, { ...seedCustomFields[2], id: 19 }];
		const { error } = await liner.run([{}], {
			customValues: { values: [{ fieldId: 'Rooms', value: '2' }] },
		});
		expect(error).toMatchObject({
			message: `'Custom Values' has the field "Rooms", which matches 2 custom fields [item 0]`,
			description:
				'Use the ID of the field you mean (13, 19); a column is then named e.g. customValues.13. Nothing was sent to Liner.',
		});
	});

	it('comes from its own item', async () => {
		const { bodies } = await liner.run([{ rooms: 1 }, { rooms: '2' }], {
			customValues: { values: [{ fieldId: '13', value: '={{ $json.rooms }}' }] },
		});
		expect(bodies).toHaveLength(2);
		expect(bodies).toEqual(
			expect.arrayContaining([1, 2].map((rooms) => ({ ...requiredBody, customValues: { 13: rooms } }))),
		);
	});

	it('without an offset is in the time zone of the workflow', async () => {
		const file = linerWorkflow([{ json: {} }], {
			...requiredParameters,
			customValues: { values: [{ fieldId: '17', value: '2026-01-15 10:00' }] },
		});
		await liner.engine.run({ ...file, settings: { timezone: 'Asia/Kolkata' } });
		expect(liner.sandbox.leads.at(-1)?.customValues).toEqual({ 17: '2026-01-15T10:00:00+05:30' });

		const run = await liner.engine.run({ ...file, settings: { timezone: 'GMT+3' } });
		expect(run.data.resultData.error).toMatchObject({
			message: `'Custom Values' has "2026-01-15 10:00" for the field "Visit" (ID 17), which is not a date and time [item 0]`,
			description:
				'"Visit" takes a date and time with its offset, e.g. 2026-05-01T10:00:00+03:00, because the time zone of the workflow, "GMT+3", is not a known one. Nothing was sent to Liner.',
		});
	});

	it.each(['Segmnt', 'VIP segment', '-12', '1.5'])(
		'cannot name a field that does not exist: %s',
		async (fieldId) => {
			const { error, bodies } = await liner.run([{}], {
				customValues: { values: [{ fieldId, value: 'vip' }] },
			});
			expect(error).toMatchObject({
				message: `'Custom Values' has the field "${fieldId}", which is not a custom field of the account [item 0]`,
				description: 'Use the title or the ID of the custom field in Liner. Nothing was sent to Liner.',
			});
			expect(bodies).toEqual([]);
		},
	);

	it('cannot name its field by the title when the list of fields cannot be read', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { error, bodies } = await liner.run([{}], {
			customValues: { values: [{ fieldId: 'Segment', value: 'vip' }] },
		});
		expect(error).toMatchObject({
			message: `'Custom Values' has the field "Segment", but the list of custom fields, which is needed to find its ID, could not be read: Liner does not allow the API key to do this: Нет прав [item 0]`,
			description:
				"Use the ID of the field in Liner, e.g. 12. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). Nothing was sent to Liner.",
		});
		expect(bodies).toEqual([]);
	});

	describe('of a field with unusual choices', () => {
		const send = async (params: unknown, value: unknown) => {
			const field = { ...seedCustomFields[1], params };
			// Liner itself accepts any text here, so that the run succeeds.
			liner.sandbox.account.customFields = [{ ...seedCustomFields[1], type: 'string' }];
			liner.sandbox.misbehave(({ url }) =>
				url.startsWith('/v2/custom-field/')
					? faults.envelope({ success: true, message: '', data: [field] })
					: undefined,
			);
			const { bodies, error } = await liner.run([{ value } as IDataObject], {
				customValues: { values: [{ fieldId: '12', value: '={{ $json.value }}' }] },
			});
			if (bodies.length === 0) return error?.message;
			expect(error).toBeUndefined();
			return (bodies[0] as { customValues: IDataObject }).customValues[12];
		};
		const choice = (code: string, title: string, sort = 10) => ({ code, title, sort });
		const refusal = (value: string) =>
			`'Custom Values' has "${value}" for the field "Segment" (ID 12), which is not one of its choices [item 0]`;

		it('refuses what matches two choices', async () => {
			const params = [
				choice('1', 'Studio'),
				choice('2', '1'),
				choice('3', '2'),
				choice('4', 'A'),
				choice('5', 'a'),
			];
			await expect(send(params, '2')).resolves.toBe(refusal('2'));
			await expect(send(params, '3')).resolves.toBe('3');
			await expect(send(params, 'A')).resolves.toBe('4');
			await expect(send([choice('x', 'VIP'), choice('y', 'VIP')], 'VIP')).resolves.toBe(refusal('VIP'));
		});

		it('accepts titles in any case, spacing and encoding', async () => {
			const params = [choice('yo', 'Ёлка  и\tдом'), choice('em', 'Cafe\u0301')];
			await expect(send(params, 'ёлка и дом')).resolves.toBe('yo');
			await expect(send(params, 'CAF\u00c9')).resolves.toBe('em');
		});

		it.each([null, [], [null], {}])(
			'sends a value as given when the choices are not known: %j',
			async (params) => {
				await expect(send(params, ' vip ')).resolves.toBe('vip');
			},
		);

		it('reads them from an object, too', async () => {
			await expect(send({ 1: choice('vip', 'VIP'), 3: choice('cold', 'Cold') }, 'Cold')).resolves.toBe(
				'cold',
			);
		});
	});

	it('that is invalid is named together with the others of its item', async () => {
		const { error } = await liner.run([{}], {
			specifyCustomValues: 'json',
			jsonCustomValues: '{ "Rooms": "y", "Consent": "x", "Segment": "VIP" }',
		});
		expect(error).toMatchObject({
			message: `'Custom Values (JSON)' has "y" for the field "Rooms" (ID 13), which is not a whole number, and has "x" for the field "Consent" (ID 18), which is not yes or no [item 0]`,
			description:
				'"Rooms" takes a whole number, e.g. 3 or -5. "Consent" takes true, yes, on, 1, да, истина, false, no, off, 0, нет, ложь. Nothing was sent to Liner.',
		});
	});

	it('is sent as it is to a field that Liner does not list', async () => {
		const { error, bodies } = await liner.run([{}], {
			customValues: { values: [{ fieldId: '99', value: ' 2 ' }] },
		});
		expect(bodies).toEqual([{ ...requiredBody, customValues: { 99: '2' } }]);
		expect(error?.message).toBe('Liner rejected the lead: Custom field 99 not found [item 0]');
	});

	it('is sent as it is to a field of an undocumented type', async () => {
		const { account } = liner.sandbox;
		account.customFields = [{ ...seedCustomFields[0], type: 'constructor' as 'string' }];
		const { bodies } = await run('text', 7);
		expect(bodies).toEqual([{ ...requiredBody, customValues: { 11: 7 } }]);
	});
});

describe('the definitions of the custom fields', () => {
	const requests = () =>
		liner.sandbox.requests.filter(({ url }) => url.startsWith('/v2/custom-field')).map(({ url }) => url);

	it('are read once for a run, and not when there are no custom values', async () => {
		const before = requests().length;
		await liner.run([{}, {}]);
		await liner.run([{}, {}], { customValues: { values: [{ fieldId: '12', value: '' }] } });
		expect(requests()).toHaveLength(before);
		await liner.run([{}, {}, {}], { customValues: { values: [{ fieldId: '12', value: 'VIP' }] } });
		expect(requests()).toHaveLength(before + 1);
	});

	it('are not needed: without them, values are sent as given and the run says so', async () => {
		liner.sandbox.misbehave(({ method }) => (method === 'GET' ? faults.refusal(403, 'Нет прав') : undefined));
		const { bodies, hints } = await liner.run([{ rooms: 2 }], {
			customValues: {
				values: [
					{ fieldId: '12', value: 'vip' },
					{ fieldId: '13', value: '={{ $json.rooms }}' },
				],
			},
		});
		expect(bodies).toEqual([{ ...requiredBody, customValues: { 12: 'vip', 13: 2 } }]);
		expect(hints).toEqual([
			{
				message:
					"The custom fields of the account could not be read: Liner does not allow the API key to do this: Нет прав. Check 'API Key' in the Liner credential, and what its integration may do in Liner (HTTP 403). Custom values were sent as given.",
				type: 'warning',
				location: 'outputPane',
			},
		]);
	});
});
