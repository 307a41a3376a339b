// A small app on Slack's own Bolt for JavaScript, by its own documentation; the tests run it against the local workspace.
import bolt from "@slack/bolt";

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET } = process.env;

const app = new bolt.App({
  token: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  socketMode: Boolean(SLACK_APP_TOKEN),
  appToken: SLACK_APP_TOKEN,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: "error",
});

const plain = (text) => ({ type: "plain_text", text });

app.message("ping", async ({ message, say }) => {
  await say({ text: "pong", thread_ts: message.ts });
});

app.event("app_mention", async ({ event, client }) => {
  const { user } = await client.users.info({ user: event.user });
  await client.chat.postMessage({
    channel: event.channel,
    text: `Hello ${user.real_name}`,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `Hello *${user.real_name}*` } },
      { type: "actions", elements: [{ type: "button", action_id: "open", text: plain("Open"), value: "7" }] },
    ],
  });
});

app.command("/echo", async ({ command, ack, respond }) => {
  await ack(`You said ${command.text}`);
  await respond({ response_type: "in_channel", text: `Everybody: ${command.text}` });
});

app.action("open", async ({ ack, body, action, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal",
      callback_id: "why",
      private_metadata: action.value,
      title: plain("Why"),
      submit: plain("Send"),
      blocks: [
        {
          type: "input",
          block_id: "reason",
          label: plain("Reason"),
          element: { type: "plain_text_input", action_id: "text" },
        },
      ],
    },
  });
});

app.view("why", async ({ ack, view, body, client }) => {
  const reason = view.state.values.reason.text.value;
  if (reason.length < 5) return ack({ response_action: "errors", errors: { reason: "Say more." } });
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `${view.private_metadata}: ${reason}` });
});

app.shortcut("ask_about", async ({ ack, shortcut, respond }) => {
  await ack();
  await respond(`About: ${shortcut.message.text}`);
});

const server = await app.start({ port: 0, host: "127.0.0.1" });
console.log(`ready ${server?.address?.().port ?? 0}`);
