import type { ReactNode } from 'react';

export type Choice = { value: string; label: string; note?: string; mark?: ReactNode };
