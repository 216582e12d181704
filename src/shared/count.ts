/** A whole number with thousands separators, as in English: 1,234,567. (`toLocaleString` spends 15 ms on its first use.) */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}
