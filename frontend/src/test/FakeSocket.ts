import type { LiveFrame } from '@/services/live';

/** The server's end of the live connection, driven by the test. */
export class FakeSocket {
  static all: FakeSocket[] = [];

  static get latest(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }

  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    FakeSocket.all.push(this);
  }

  asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  say(frame: LiveFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  greet(): void {
    this.say({ type: 'hello', version: '0.1.0' });
  }

  /** Closes as the server does when nobody is signed in. */
  sendAway(): void {
    this.say({ type: 'goodbye', code: 4401, detail: 'You are not signed in, or not any more.' });
    this.cut();
  }

  cut(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}
