// What the tests hold our words against, each as one type of Slack's own package.
import type { KnownBlock, View } from "@slack/types";

export type MessageBlocks = KnownBlock[];
export type AnyView = View;
