/** By signal, what to call when it is given. */
const listenersOf = new WeakMap<AbortSignal, { all: Set<() => void>; callAll: () => void }>();

/**
 * Calls back when a signal is given. However many wait for a signal, it has one listener: Node.js warns of a signal that has
 * more than ten.
 *
 * @param signal Must not have been given before.
 * @param listener Must not throw.
 * @returns Takes it back.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
	// So that the same one can be there twice.
	const call = () => listener();
	const known = listenersOf.get(signal);
	const all = known?.all ?? new Set<() => void>();
	const callAll = known?.callAll ?? (() => [...all].forEach((one) => one()));
	if (known === undefined) {
		listenersOf.set(signal, { all, callAll });
		signal.addEventListener('abort', callAll, { once: true });
	}
	all.add(call);
	return () => {
		all.delete(call);
		if (all.size > 0 || listenersOf.get(signal)?.all !== all) return;
		listenersOf.delete(signal);
		signal.removeEventListener('abort', callAll);
	};
}
