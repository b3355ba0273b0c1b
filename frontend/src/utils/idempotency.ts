/** Gives a request its Idempotency-Key: the same for the same content, so that sent twice it takes effect once. */
export class IdempotencyKeys {
  private body = '';
  private key = '';

  keyFor(body: object): string {
    const text = JSON.stringify(body);
    if (text !== this.body) {
      this.body = text;
      this.key = randomKey();
    }
    return this.key;
  }
}

/** Pages without TLS have no crypto.randomUUID. */
function randomKey(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(4));
  return Array.from(numbers, (number) => number.toString(16).padStart(8, '0')).join('');
}
