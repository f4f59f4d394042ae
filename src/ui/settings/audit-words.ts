import type { AuditType } from '#core/account.ts';

export const AUDIT_WORDS: Record<AuditType, string> = {
  'signed-up': 'Account made',
  'signed-in': 'Signed in',
  'sign-in-failed': 'A sign-in failed',
  'signed-out': 'Signed out',
  'device-signed-out': 'A device was signed out',
  'signed-out-everywhere': 'All other devices were signed out',
  'password-refused': 'A wrong password was given in the settings',
  'password-changed': 'Password changed',
  'password-reset-asked': 'A new password was asked for',
  'password-reset': 'A new password was set by mail',
  'email-change-asked': 'Another e-mail was asked for',
  'email-changed': 'E-mail changed',
  'provider-linked': 'A provider was linked',
  'provider-unlinked': 'A provider was unlinked',
  'library-claimed': 'A guest library came along',
  'library-kept-apart': 'A guest library was kept apart',
  'claim-undone': 'A guest library went back',
  'export-downloaded': 'Everything was downloaded',
  'deletion-asked': 'Deletion of the account was asked for',
  'deletion-taken-back': 'Deletion was taken back',
};
