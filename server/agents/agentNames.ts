/** Names by which people tell agents apart. */
const NAMES = [
	'Alder',
	'Aspen',
	'Birch',
	'Cedar',
	'Clover',
	'Cypress',
	'Dahlia',
	'Elder',
	'Elm',
	'Fern',
	'Fir',
	'Hazel',
	'Heather',
	'Holly',
	'Iris',
	'Ivy',
	'Juniper',
	'Larch',
	'Laurel',
	'Lilac',
	'Linden',
	'Lotus',
	'Magnolia',
	'Maple',
	'Myrtle',
	'Oak',
	'Olive',
	'Orchid',
	'Pine',
	'Poppy',
	'Rowan',
	'Sage',
	'Sorrel',
	'Spruce',
	'Tansy',
	'Thistle',
	'Tulip',
	'Verbena',
	'Willow',
	'Yarrow',
	'Yew',
	'Zinnia',
];

/** A name that none of these has; with a number once all are in use. `pick` gives a number from 0 up to, but not including, its argument. */
export function agentName(taken: ReadonlySet<string>, pick: (count: number) => number): string {
	for (let round = 1; ; round++) {
		const free = NAMES.map((name) => (round === 1 ? name : `${name} ${round}`)).filter((name) => !taken.has(name));
		const name = free[pick(free.length)];
		if (name !== undefined) return name;
	}
}
