import type { Config } from '../config.ts';
import { isEnabled } from './features.ts';

/** What the configuration says of the messages that come before a person's input. */
export interface ContextConfig {
	/** Which files of a project are instructions: `project_doc_max_bytes`, `project_doc_fallback_filenames`, `project_root_markers`. */
	readonly projectDocs: {
		readonly maxBytes?: number;
		readonly fallbackNames?: readonly string[];
		readonly rootMarkers?: readonly string[];
	};
	/** What the model is not told: `include_permissions_instructions` and its kin, `features.personality`. */
	readonly leftOut: ReadonlySet<ContextText>;
}

export type ContextText = 'permissions' | 'environment' | 'mode' | 'personality';

export function contextConfigOf(config: Config): ContextConfig {
	const { project_doc_max_bytes: maxBytes, project_doc_fallback_filenames: names, project_root_markers: rootMarkers } = config;
	const switches: readonly (readonly [ContextText, boolean | undefined])[] = [
		['permissions', config.include_permissions_instructions],
		['environment', config.include_environment_context],
		['mode', config.include_collaboration_mode_instructions],
		['personality', isEnabled(config, 'personality')],
	];
	const fallbackNames = names?.map((name) => name.trim()).filter((name) => name !== '');
	return {
		projectDocs: {
			...(maxBytes === undefined ? {} : { maxBytes }),
			...(fallbackNames === undefined ? {} : { fallbackNames }),
			...(rootMarkers === undefined ? {} : { rootMarkers }),
		},
		leftOut: new Set(switches.flatMap(([text, isIncluded]) => (isIncluded === false ? [text] : []))),
	};
}
