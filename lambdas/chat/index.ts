/** Messages of the status topic, as chats and pagers take them. */
export { type ChannelPorts, channelSchema, tellChannel } from './channel.ts';
export { postJson } from './post-json.ts';
