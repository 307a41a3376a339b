// What the tests hold our words, and what the local workspace says, against: each one type of Slack's own packages.
import type {
  AppHomeOpenedEvent, AppMentionEvent, GenericMessageEvent, KnownBlock, LinkSharedEvent, SubteamMembersChangedEvent, View,
} from "@slack/types";
import type * as bolt from "@slack/bolt";
import type * as web from "@slack/web-api";

export type MessageBlocks = KnownBlock[];
export type AnyView = View;

// Answers of the Web API.
export type AppsConnectionsOpenAnswer = web.AppsConnectionsOpenResponse;
export type AuthTestAnswer = web.AuthTestResponse;
export type BlocksValidateAnswer = web.BlocksValidateResponse;
export type ChatDeleteAnswer = web.ChatDeleteResponse;
export type ChatGetPermalinkAnswer = web.ChatGetPermalinkResponse;
export type ChatPostEphemeralAnswer = web.ChatPostEphemeralResponse;
export type ChatPostMessageAnswer = web.ChatPostMessageResponse;
export type ChatUnfurlAnswer = web.ChatUnfurlResponse;
export type ChatUpdateAnswer = web.ChatUpdateResponse;
export type ConversationsHistoryAnswer = web.ConversationsHistoryResponse;
export type ConversationsInfoAnswer = web.ConversationsInfoResponse;
export type ConversationsListAnswer = web.ConversationsListResponse;
export type ConversationsOpenAnswer = web.ConversationsOpenResponse;
export type ConversationsRepliesAnswer = web.ConversationsRepliesResponse;
export type OauthV2AccessAnswer = web.OauthV2AccessResponse;
export type OpenIDConnectTokenAnswer = web.OpenIDConnectTokenResponse;
export type OpenIDConnectUserInfoAnswer = web.OpenIDConnectUserInfoResponse;
export type UsergroupsListAnswer = web.UsergroupsListResponse;
export type UsergroupsUsersListAnswer = web.UsergroupsUsersListResponse;
export type UsersInfoAnswer = web.UsersInfoResponse;
export type UsersListAnswer = web.UsersListResponse;
export type UsersLookupByEmailAnswer = web.UsersLookupByEmailResponse;
export type ViewsOpenAnswer = web.ViewsOpenResponse;
export type ViewsPublishAnswer = web.ViewsPublishResponse;
export type ViewsPushAnswer = web.ViewsPushResponse;
export type ViewsUpdateAnswer = web.ViewsUpdateResponse;

// What is sent to an app.
export type BlockActionsPayload = bolt.BlockAction;
export type ViewSubmissionPayload = bolt.ViewSubmitAction;
export type ViewClosedPayload = bolt.ViewClosedAction;
export type ShortcutPayload = bolt.GlobalShortcut;
export type MessageActionPayload = bolt.MessageShortcut;
export type CommandPayload = bolt.SlashCommand;
export type EnvelopePayload = bolt.EnvelopedEvent;
// Slack tells of a view as it stands, with its id and hash; the published event has the form in which it is sent.
export type AppHomeOpenedHeard = Omit<AppHomeOpenedEvent, "view"> & { view?: bolt.ViewOutput };
export type AppMentionHeard = AppMentionEvent;
export type LinkSharedHeard = LinkSharedEvent;
export type MessageHeard = Omit<GenericMessageEvent, "subtype">;
export type SubteamMembersChangedHeard = SubteamMembersChangedEvent;
