/** The path under which everything is served, without a slash at its end: '' or '/jobdeck'. */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '');
}

/** An address of this server for a path that starts with a slash. */
export function serverPath(path: string): string {
  return basePath() + path;
}

/** The same for the WebSocket, whose address must be absolute and of the page's own origin. */
export function socketAddress(path: string): string {
  const url = new URL(serverPath(path), window.location.origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
