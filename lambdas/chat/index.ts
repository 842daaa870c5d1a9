/** Formats messages of the status topic for chats and pagers. */
export { type ChannelPorts, channelSchema, tellChannel } from './channel.ts';
export { postJson } from './post-json.ts';
