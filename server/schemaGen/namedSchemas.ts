import * as account from '../protocol/account.ts';
import * as app from '../protocol/app.ts';
import * as approval from '../protocol/approval.ts';
import * as attestation from '../protocol/attestation.ts';
import * as checkpoint from '../protocol/checkpoint.ts';
import * as commandAction from '../protocol/commandAction.ts';
import * as commandExec from '../protocol/commandExec.ts';
import * as config from '../protocol/config.ts';
import * as configRequirements from '../protocol/configRequirements.ts';
import * as conversation from '../protocol/conversation.ts';
import type { Schema } from '../protocol/define.ts';
import * as deviceKey from '../protocol/deviceKey.ts';
import * as dynamicTool from '../protocol/dynamicTool.ts';
import * as elicitation from '../protocol/elicitation.ts';
import * as errorResource from '../protocol/error.ts';
import * as externalAgentConfig from '../protocol/externalAgentConfig.ts';
import * as feature from '../protocol/feature.ts';
import * as feedback from '../protocol/feedback.ts';
import * as fileBlame from '../protocol/fileBlame.ts';
import * as fileChangeApply from '../protocol/fileChangeApply.ts';
import * as fs from '../protocol/fs.ts';
import * as fuzzyFileSearch from '../protocol/fuzzyFileSearch.ts';
import * as guardian from '../protocol/guardian.ts';
import * as hook from '../protocol/hook.ts';
import * as initialize from '../protocol/initialize.ts';
import * as item from '../protocol/item.ts';
import * as languageModel from '../protocol/languageModel.ts';
import * as marketplace from '../protocol/marketplace.ts';
import * as mcp from '../protocol/mcp.ts';
import * as model from '../protocol/model.ts';
import * as notice from '../protocol/notice.ts';
import * as permission from '../protocol/permission.ts';
import * as plugin from '../protocol/plugin.ts';
import * as processResource from '../protocol/process.ts';
import * as realtime from '../protocol/realtime.ts';
import * as remoteControl from '../protocol/remoteControl.ts';
import * as resourceUse from '../protocol/resources.ts';
import * as responseItem from '../protocol/responseItem.ts';
import * as review from '../protocol/review.ts';
import { AbsolutePathBuf, RequestId } from '../protocol/scalar.ts';
import * as savedApproval from '../protocol/savedApproval.ts';
import * as skill from '../protocol/skill.ts';
import * as thread from '../protocol/thread.ts';
import * as threadChange from '../protocol/threadChange.ts';
import * as threadGoal from '../protocol/threadGoal.ts';
import * as threadItem from '../protocol/threadItem.ts';
import * as threadSearch from '../protocol/threadSearch.ts';
import * as threadSettings from '../protocol/threadSettings.ts';
import * as threadSource from '../protocol/threadSource.ts';
import * as threadStatus from '../protocol/threadStatus.ts';
import * as turn from '../protocol/turn.ts';
import * as turnInput from '../protocol/turnInput.ts';
import * as turnQueue from '../protocol/turnQueue.ts';
import * as userInputRequest from '../protocol/userInputRequest.ts';
import * as windowsSandbox from '../protocol/windowsSandbox.ts';

// Every schema that a resource exports under a name becomes a type of that name in generated output.
const resources: readonly Readonly<Record<string, unknown>>[] = [
	{ AbsolutePathBuf, RequestId },
	account,
	app,
	approval,
	attestation,
	commandAction,
	checkpoint,
	commandExec,
	config,
	configRequirements,
	conversation,
	deviceKey,
	dynamicTool,
	elicitation,
	errorResource,
	externalAgentConfig,
	feature,
	feedback,
	fileBlame,
	fileChangeApply,
	fs,
	fuzzyFileSearch,
	guardian,
	hook,
	initialize,
	item,
	languageModel,
	marketplace,
	mcp,
	model,
	notice,
	permission,
	plugin,
	processResource,
	realtime,
	remoteControl,
	resourceUse,
	responseItem,
	review,
	savedApproval,
	skill,
	thread,
	threadChange,
	threadGoal,
	threadItem,
	threadSearch,
	threadSettings,
	threadSource,
	threadStatus,
	turnQueue,
	turn,
	turnInput,
	userInputRequest,
	windowsSandbox,
];

function isSchema(value: unknown): value is Schema {
	return typeof value === 'object' && value !== null && '_zod' in value;
}

/** By name, in the order of their resources. */
export function namedSchemas(): ReadonlyMap<string, Schema> {
	const named = new Map<string, Schema>();
	for (const resource of resources)
		for (const [name, value] of Object.entries(resource)) {
			if (!isSchema(value)) continue;
			if (named.has(name)) throw new Error(`Two resources of the protocol export ${name}; each type needs a name of its own.`);
			named.set(name, value);
		}
	return named;
}
