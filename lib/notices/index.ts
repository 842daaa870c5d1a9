/** Notifications for people: the status topic, and chats. */
export { CHANNELS_SHAPE, type ChatChannels, ChatNotifier, type ChatNotifierProps } from './chat-notifier.ts';
export { letAlarmsPublish, statusTopic } from './status-topic.ts';
