import type { ComponentChildren, JSX } from 'preact';
import type { ConnectionState } from '../channel/pageState.ts';
import type { PageRequests } from '../channel/requests/pageRequests.ts';
import { missingProvider, needsSignIn } from '../state/readiness.ts';
import type { ViewState } from '../state/viewState.ts';
import { strings } from '../strings.ts';
import { Icon, IconButton } from './Icon.tsx';
import { usePage } from './pageContext.ts';

type Command = PageRequests['runCommand']['params']['command'];

/** What stands between the person and a working agent, with the next step. */
export function Banners({ state }: { readonly state: ViewState }): JSX.Element {
	const page = usePage();
	return (
		<div class="banners">
			<ConnectionBanner connection={state.connection} />
			{state.connection.type === 'ready' && needsSignIn(state) && state.turns.length > 0 ? <SignInBanner /> : null}
			{state.connection.type === 'ready' ? <ProviderBanner provider={missingProvider(state)} /> : null}
			{state.folder === null ? <Banner icon="folder" kind="info" text={strings.noFolder} /> : null}
			{state.notices.map((notice) => (
				<Banner key={notice} icon="warning" kind="warning" text={notice} onDismiss={() => page.dismissNotice(notice)} />
			))}
		</div>
	);
}

function ConnectionBanner({ connection }: { readonly connection: ConnectionState }): JSX.Element | null {
	switch (connection.type) {
		case 'ready':
			return null;
		case 'starting':
			return <Banner icon="loading" spin kind="info" text={strings.starting} />;
		case 'restarting':
			return (
				<Banner icon="loading" spin kind="warning" text={strings.restarting(connection.attempt)}>
					<CommandButton command="tiller.showLog" text={strings.showLog} />
				</Banner>
			);
		case 'failed':
			return (
				<Banner icon="error" kind="error" title={strings.failedTitle} text={connection.message}>
					<CommandButton command="tiller.restartServer" text={strings.restart} primary />
					<CommandButton command="tiller.openSettings" text={strings.openSettings} />
					<CommandButton command="tiller.showLog" text={strings.showLog} />
				</Banner>
			);
		case 'restricted':
			return (
				<Banner icon="shield" kind="warning" title={strings.restrictedTitle} text={strings.restrictedText}>
					<CommandButton command="tiller.manageTrust" text={strings.manageTrust} primary />
				</Banner>
			);
	}
}

function SignInBanner(): JSX.Element {
	return (
		<Banner icon="key" kind="info" title={strings.signedOutTitle} text={strings.signedOutText}>
			<CommandButton command="tiller.signIn" text={strings.signIn} primary />
			<CommandButton command="tiller.useLocalModel" text={strings.useLocalModel} />
			<CommandButton command="tiller.tryDemo" text={strings.tryDemo} />
		</Banner>
	);
}

/** The thread's provider is gone: it can be read, and goes on with another model. */
function ProviderBanner({ provider }: { readonly provider: string | null }): JSX.Element | null {
	const page = usePage();
	if (provider === null) return null;
	return (
		<Banner icon="warning" kind="warning" title={strings.providerGoneTitle(provider)} text={strings.providerGoneText}>
			<button type="button" class="button button-primary" onClick={() => void page.act('pickModel', {})}>
				{strings.chooseModel}
			</button>
			<CommandButton command="tiller.addProvider" text={strings.addProvider} />
		</Banner>
	);
}

interface BannerProps {
	readonly kind: 'info' | 'warning' | 'error';
	readonly icon: string;
	readonly spin?: boolean;
	readonly title?: string;
	readonly text: string;
	readonly onDismiss?: () => void;
	readonly children?: ComponentChildren;
}

export function Banner({ kind, icon, spin, title, text, onDismiss, children }: BannerProps): JSX.Element {
	return (
		<div class={`banner banner-${kind}`}>
			<Icon name={icon} spin={spin === true} />
			<div class="banner-text">
				{title === undefined ? null : <strong>{title}</strong>}
				<p class="pre-wrap" dir="auto">
					{text}
				</p>
				{children ? <div class="banner-actions">{children}</div> : null}
			</div>
			{onDismiss === undefined ? null : <IconButton icon="close" label={strings.dismiss} onClick={onDismiss} />}
		</div>
	);
}

export function CommandButton({
	command,
	text,
	primary,
}: {
	readonly command: Command;
	readonly text: string;
	readonly primary?: boolean;
}): JSX.Element {
	const page = usePage();
	return (
		<button type="button" class={primary === true ? 'button button-primary' : 'button'} onClick={() => void page.act('runCommand', { command })}>
			{text}
		</button>
	);
}
