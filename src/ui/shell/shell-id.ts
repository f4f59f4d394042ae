/** The element that a full-screen viewer makes inert while it is open. */
export const SHELL_ID = 'shell';
