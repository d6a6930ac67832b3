import { takeScreenshot } from '../../host/browser.ts';
import { runCommand } from '../../host/workbench.ts';
import { type FakeModelServer, httpError, respond, say } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../../support/model/modelEvents.ts';
import type { Product } from '../openProduct.ts';
import { hasKeyboard, pressUntilGone, transcript, useProduct } from './conversation.ts';

describe('Tiller in a German window', () => {
	let model: FakeModelServer;
	let product: Product;
	useProduct(
		(opened) => {
			({ model, product } = opened);
		},
		{ options: { language: 'de' } },
	);

	async function send(text: string): Promise<void> {
		await hasKeyboard(product.view.getByRole('textbox', { name: 'Nachricht an Tiller' }));
		await product.page.keyboard.type(text);
		await product.view.locator('button.send:not([aria-disabled=true]):not([disabled])').waitFor();
		await product.page.keyboard.press('Enter');
	}

	it('asks in German, and says in German why a turn failed, in the server’s words too', async () => {
		const { page, view } = product;
		const patch = '*** Begin Patch\n*** Add File: neu.txt\n+neu\n*** End Patch\n';
		model.add(
			respond(execCommand('printf "%s" sieben > sieben.txt; cat sieben.txt')),
			respond(applyPatch(patch)),
			say('Die Datei ist da.'),
			httpError(401, { error: { message: 'no such key' } }),
		);
		await runCommand(page, 'Tiller: Chat fokussieren');
		await send('Schreibe sieben.txt');
		const request = view.getByRole('region', { name: 'Diesen Befehl ausführen?' });
		await request.waitFor();
		await takeScreenshot(page, { name: 'german-product-request' });
		await pressUntilGone(product, 'Control+Enter', request);
		await pressUntilGone(product, 'Control+Enter', view.getByRole('region', { name: 'Diese Änderungen vornehmen?' }));
		await transcript(view, 'Unterhaltung').getByText('Die Datei ist da.').waitFor();
		await takeScreenshot(page, { name: 'german-product-review' });
		await send('Noch einmal');
		await view.getByText('Details').click();
		await view.getByText(/hat mit 401 Unauthorized geantwortet: no such key .*Überprüfen Sie den API-Schlüssel dieses Anbieters\./).waitFor();
		await takeScreenshot(page, { name: 'german-product-failure' });
	});

	it('shows the effective settings in German', async () => {
		const { page } = product;
		await runCommand(page, 'Tiller: Wirksame Einstellungen anzeigen');
		await page.getByText('Wirksame Einstellungen').waitFor();
		await page.getByText('Benutzereinstellungen').first().waitFor();
		await page.locator('.quick-input-list').getByText('Konfiguration', { exact: true }).waitFor();
		await takeScreenshot(page, { name: 'german-product-settings' });
	});
});
