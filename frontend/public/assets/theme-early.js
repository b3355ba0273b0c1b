// Runs before the first paint, so that a chosen theme never flashes in the other one.
(function () {
  try {
    var stored = JSON.parse(localStorage.getItem('jobdeck.preferences') || '{}');
    if (stored.theme === 'light' || stored.theme === 'dark') {
      document.documentElement.dataset.theme = stored.theme;
    }
  } catch {
    // Without storage the system's theme holds.
  }
})();
