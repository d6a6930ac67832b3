const icons: Readonly<Record<string, string>> = {
	file: 'file',
	folder: 'folder',
	symbol: 'symbol-method',
	selection: 'list-selection',
	problems: 'warning',
	terminal: 'terminal',
	thread: 'comment-discussion',
	image: 'file-media',
	skill: 'mortar-board',
	app: 'plug',
};

export function attachmentIcon(kind: string): string {
	return icons[kind] ?? 'file';
}
