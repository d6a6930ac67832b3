/** Folded code units, made when they are first met; 0 is not folded yet. */
const folded = new Uint16Array(0x1_0000);
for (let code = 0; code < 0x80; code++) folded[code] = code >= 65 && code <= 90 ? code + 32 : code;

/** A UTF-16 unit without case and accents, always one unit again: `É` is `e`. */
export function foldUnit(unit: number): number {
	if (unit === 0) return 0;
	const known = folded[unit];
	if (known !== undefined && known !== 0) return known;
	const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
	const text = isSurrogate ? '' : String.fromCharCode(unit).normalize('NFD').slice(0, 1).toLowerCase();
	const result = text.length === 1 ? text.charCodeAt(0) : unit;
	folded[unit] = result;
	return result;
}

/** Bits of what a text holds: one for each letter, one for digits, one for the rest. A path without a bit of the query cannot match. */
export function unitMask(foldedUnit: number): number {
	if (foldedUnit >= 97 && foldedUnit <= 122) return 1 << (foldedUnit - 97);
	return foldedUnit >= 48 && foldedUnit <= 57 ? 1 << 26 : 1 << 27;
}

export function textMask(text: string): number {
	let mask = 0;
	for (let i = 0; i < text.length; i++) mask |= unitMask(foldUnit(text.charCodeAt(i)));
	return mask;
}
