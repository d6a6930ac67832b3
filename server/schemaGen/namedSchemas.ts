import * as account from '../protocol/account/account.ts';
import * as app from '../protocol/integrations/app.ts';
import * as approval from '../protocol/approval/approval.ts';
import * as attestation from '../protocol/account/attestation.ts';
import * as checkpoint from '../protocol/thread/checkpoint.ts';
import * as commandAction from '../protocol/approval/commandAction.ts';
import * as commandExec from '../protocol/host/commandExec.ts';
import * as config from '../protocol/host/config.ts';
import * as configRequirements from '../protocol/host/configRequirements.ts';
import * as conversation from '../protocol/thread/conversation.ts';
import type { Schema } from '../protocol/wire/define.ts';
import * as deviceKey from '../protocol/account/deviceKey.ts';
import * as dynamicTool from '../protocol/integrations/dynamicTool.ts';
import * as elicitation from '../protocol/approval/elicitation.ts';
import * as errorResource from '../protocol/wire/error.ts';
import * as externalAgentConfig from '../protocol/integrations/externalAgentConfig.ts';
import * as feature from '../protocol/account/feature.ts';
import * as feedback from '../protocol/account/feedback.ts';
import * as fileBlame from '../protocol/host/fileBlame.ts';
import * as fileChangeApply from '../protocol/approval/fileChangeApply.ts';
import * as fs from '../protocol/host/fs.ts';
import * as fuzzyFileSearch from '../protocol/host/fuzzyFileSearch.ts';
import * as guardian from '../protocol/approval/guardian.ts';
import * as hook from '../protocol/integrations/hook.ts';
import * as initialize from '../protocol/host/initialize.ts';
import * as item from '../protocol/thread/item.ts';
import * as l10nMessage from '../protocol/wire/l10nMessage.ts';
import * as languageModel from '../protocol/account/languageModel.ts';
import * as marketplace from '../protocol/integrations/marketplace.ts';
import * as mcp from '../protocol/integrations/mcp.ts';
import * as modelProvider from '../protocol/account/modelProvider.ts';
import * as readState from '../protocol/thread/readState.ts';
import * as model from '../protocol/account/model.ts';
import * as network from '../protocol/host/network.ts';
import * as notice from '../protocol/wire/notice.ts';
import * as permission from '../protocol/approval/permission.ts';
import * as plugin from '../protocol/integrations/plugin.ts';
import * as processResource from '../protocol/host/process.ts';
import * as realtime from '../protocol/host/realtime.ts';
import * as remoteControl from '../protocol/host/remoteControl.ts';
import * as resourceUse from '../protocol/host/resources.ts';
import * as responseItem from '../protocol/thread/responseItem.ts';
import * as review from '../protocol/thread/review.ts';
import { AbsolutePathBuf, RequestId } from '../protocol/wire/scalar.ts';
import * as savedApproval from '../protocol/approval/savedApproval.ts';
import * as skill from '../protocol/integrations/skill.ts';
import * as telemetry from '../protocol/host/telemetry.ts';
import * as thread from '../protocol/thread/thread.ts';
import * as threadActivity from '../protocol/thread/threadActivity.ts';
import * as threadChange from '../protocol/thread/threadChange.ts';
import * as threadGoal from '../protocol/thread/threadGoal.ts';
import * as threadItem from '../protocol/thread/threadItem.ts';
import * as threadItems from '../protocol/thread/threadItems.ts';
import * as threadList from '../protocol/thread/threadList.ts';
import * as threadQueue from '../protocol/thread/threadQueue.ts';
import * as threadSearch from '../protocol/thread/threadSearch.ts';
import * as settingsUpdate from '../protocol/thread/settingsUpdate.ts';
import * as threadSource from '../protocol/threadSource.ts';
import * as threadStore from '../protocol/host/threadStore.ts';
import * as threadStatus from '../protocol/thread/threadStatus.ts';
import * as turn from '../protocol/thread/turn.ts';
import * as turnInput from '../protocol/thread/turnInput.ts';
import * as turnQueue from '../protocol/thread/turnQueue.ts';
import * as userInputRequest from '../protocol/approval/userInputRequest.ts';
import * as windowsSandbox from '../protocol/host/windowsSandbox.ts';
import * as worktree from '../protocol/host/worktree.ts';

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
	l10nMessage,
	languageModel,
	marketplace,
	mcp,
	model,
	modelProvider,
	readState,
	network,
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
	telemetry,
	thread,
	threadActivity,
	threadChange,
	threadGoal,
	threadItem,
	threadItems,
	threadList,
	threadQueue,
	threadSearch,
	settingsUpdate,
	threadSource,
	threadStatus,
	threadStore,
	turnQueue,
	turn,
	turnInput,
	userInputRequest,
	windowsSandbox,
	worktree,
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
