/** The nonce that the page's Content-Security-Policy allows for <style> elements made by libraries. */
export function cspNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
