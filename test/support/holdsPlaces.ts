import { existsSync } from 'node:fs';
import { Placeholders } from '../../server/sandbox/linux/placeholders.ts';

// A server that keeps a place free over and over; says how often the place was taken away from it meanwhile.
const [home = '', place = '', times = ''] = process.argv.slice(2);
const placeholders = new Placeholders(home);
let lost = 0;
for (let count = 0; count < Number(times); count++) {
	const release = placeholders.hold([place]);
	for (let looks = 0; looks < 5; looks++) if (!existsSync(place) || !placeholders.has(place)) lost++;
	release();
}
process.stdout.write(`lost ${lost}`);
