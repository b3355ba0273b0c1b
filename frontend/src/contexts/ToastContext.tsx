import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';

export interface Toast {
  id: number;
  tone: 'done' | 'failed' | 'note';
  title: string;
  detail?: string;
  /** A button in the toast: undo, or a link to what was made. */
  action?: { label: string; run: () => void };
}

interface ToastValue {
  toasts: Toast[];
  show: (toast: Omit<Toast, 'id'>) => void;
  dismiss: (id: number) => void;
}

const MOST = 4;
const ToastContext = createContext<ToastValue | null>(null);

/** Short messages about what was just done; components/Common/Toasts shows them. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const nextId = useRef(1);
  const show = useCallback((toast: Omit<Toast, 'id'>) => {
    const id = nextId.current++;
    setToasts((before) => [...before.slice(1 - MOST), { ...toast, id }]);
  }, []);
  const dismiss = useCallback(
    (id: number) => setToasts((before) => before.filter((each) => each.id !== id)),
    [],
  );
  const value = useMemo(() => ({ toasts, show, dismiss }), [toasts, show, dismiss]);
  return <ToastContext.Provider value={value}>{children}</ToastContext.Provider>;
}

export function useToasts(): ToastValue {
  const value = useContext(ToastContext);
  if (!value) throw new Error('useToasts needs a ToastProvider above it');
  return value;
}
