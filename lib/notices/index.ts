/** Notifications for people: the status topic, and chats. */
export { type ChatChannels, ChatNotifier, type ChatNotifierProps } from './chat-notifier.ts';
export { letAlarmsPublish, statusTopic } from './status-topic.ts';
