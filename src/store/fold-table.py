# SPDX-License-Identifier: ISC
# Writes fold.h: how search folds the letters of U+0080-U+052F and U+1E00-U+1FFF.
# 0 separates words, 1 belongs to a word but is dropped, else the folded letter.
import unicodedata as u

# Letters that have no decomposition, or that keep their own.
SPECIAL = {0xDF: 0xDF, 0x1E9E: 0xDF, 0xC6: 0xE6, 0xD8: ord('o'), 0xF8: ord('o'),
           0x110: ord('d'), 0x111: ord('d'), 0x141: ord('l'), 0x142: ord('l'),
           0x131: ord('i'), 0x126: ord('h'), 0x127: ord('h'), 0x3C2: 0x3C3, 0x3A3: 0x3C3}


def fold(c):
    ch = chr(c)
    cat = u.category(ch)
    if cat[0] == 'M':
        return 1
    if cat[0] not in 'LN':
        return 0
    if c in SPECIAL:
        return SPECIAL[c]
    letter = u.normalize('NFKD' if c > 0xFF or cat[0] == 'L' else 'NFC', ch)[0]
    if 0x400 <= c < 0x530 and c not in (0x401, 0x451):
        letter = ch             # Cyrillic keeps its letters apart, but for yo = ye
    return ord(letter.lower()[0])


print('/* SPDX-License-Identifier: ISC */')
print('/* Made by fold-table.py from the Unicode character data: 0 separates words, '
      '1 is dropped. */')
for name, first, end in (('fold_low', 0x80, 0x530), ('fold_high', 0x1E00, 0x2000)):
    print('static const unsigned short %s[0x%x - 0x%x] = {' % (name, end, first))
    row = [fold(c) for c in range(first, end)]
    for i in range(0, len(row), 12):
        print('\t' + ', '.join('0x%x' % x for x in row[i:i + 12]) + ',')
    print('};')
