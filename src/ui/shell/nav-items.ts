import { Activity, FolderHeart, Images, Sparkles, Star, Trash2, type LucideIcon } from 'lucide-react';

/** `key` is what follows `g`. */
export type NavItem = { href: string; label: string; icon: LucideIcon; key: string };

export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/', label: 'Create', icon: Sparkles, key: 'c' },
  { href: '/gallery', label: 'Gallery', icon: Images, key: 'g' },
  { href: '/starred', label: 'Starred', icon: Star, key: 's' },
  { href: '/collections', label: 'Collections', icon: FolderHeart, key: 'l' },
  { href: '/activity', label: 'Activity', icon: Activity, key: 'a' },
  { href: '/trash', label: 'Trash', icon: Trash2, key: 't' },
];

export const isCurrent = ({ href }: Pick<NavItem, 'href'>, pathname: string) =>
  href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`);
