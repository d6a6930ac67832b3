/**
 * Loaded before everything else in a process that is to take this machine for a Mac: `node --require`. What Node itself does stays as it is
 * here; what asks for the system gets the answer of macOS.
 */
Object.defineProperty(process, 'platform', { value: 'darwin' });
