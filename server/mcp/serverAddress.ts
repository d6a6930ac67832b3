/** An address without the user name and password that it may hold. */
export function withoutPassword(address: string): string {
	const url = URL.parse(address);
	if (url === null || (url.username === '' && url.password === '')) return address;
	url.username = '';
	url.password = '';
	return url.href;
}

/** What the user name and password in an address are as a header; null: it holds none. */
export function authorizationIn(address: string): string | null {
	const { username = '', password = '' } = URL.parse(address) ?? {};
	if (username === '' && password === '') return null;
	return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
