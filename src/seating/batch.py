"""The inner loop of the mix with numpy alone: all pairs of groups of a step at once. Same seats as `kernels`."""

from __future__ import annotations

import numpy as np

from seating.attributes import ALONE, Ints
from seating.kernels import PRICE_UNIT, Bools, Noise

NEVER = np.int64(2**62)


def trade_steps(
    first_group: Ints,
    second_group: Ints,
    first_from: Ints,
    second_from: Ints,
    temperature: Ints,
    noise: Noise,
    stay: Noise,
    across: bool,
    mode: Ints,
    workshop: Ints,
    porteur: Ints,
    movable: Ints,
    trait: Ints,
    loose: Bools,
    level: Ints,
    who: Ints,
    met: Ints,
    weight: Ints,
    code: Ints,
    key: Ints,
    own: Ints,
    hard: int,
    seats: Ints,
    group: Ints,
    counted: Ints,
    residents: Ints,
    volunteers: Ints,
    trade: Ints,
) -> int:
    """See `kernels.trade_steps`: the groups of a step are all different, so that nobody waits for anybody."""
    steps, pairs = first_group.shape
    window = noise.shape[2]
    attributes, depth, columns = code.shape[0], who.shape[1], counted.shape[1]
    along = np.arange(window)
    pair = np.arange(pairs)
    at_one = (first_from[:, :, None] + along) % movable[first_group][:, :, None]
    at_other = (second_from[:, :, None] + along) % movable[second_group][:, :, None]
    drawn_one = along < movable[first_group][:, :, None]
    drawn_other = along < movable[second_group][:, :, None]
    ragged = not (drawn_one.all() and drawn_other.all())
    never = np.where(drawn_one[:, :, :, None] & drawn_other[:, :, None, :], 0, NEVER) if ragged else None
    alike = bool((mode == mode[0]).all())
    same_price = weight[mode[0]] * 2
    has_word = key >= 0
    ruled = bool(porteur.any() or (trait > 1).any())
    flat = counted.reshape(-1)
    turned = np.arange(16).reshape(4, 4).T.reshape(-1)
    added = 0
    noisy = noise.reshape(steps, pairs, -1)
    kept = -temperature[:, None] * stay.astype(np.int64)
    for t in range(steps):
        a, b = first_group[t], second_group[t]
        x, y = seats[a[:, None], at_one[t]], seats[b[:, None], at_other[t]]
        code_x, code_y = code[:, x], code[:, y]
        row_a, row_b = (a * columns)[:, None], (b * columns)[:, None]
        if alike:
            one = own[mode[0]][x]
            other = own[mode[0]][y]
        else:
            one = own[mode[a][:, None], x]
            other = own[mode[b][:, None], y]
        one = one + (flat[code_x + row_b] - flat[code_x + row_a]).sum(axis=0)
        other = other + (flat[code_y + row_a] - flat[code_y + row_b]).sum(axis=0)
        for d in range(depth):
            for people, price, here, there in ((x, one, a, b), (y, other, b, a)):
                g = group[who[people, d]]
                price += met[mode[there][:, None], people, d] * (g == there[:, None])
                price -= met[mode[here][:, None], people, d] * (g == here[:, None])
        price = one[:, :, None] + other[:, None, :]
        key_x, key_y = key[:, x], key[:, y]
        for k in range(attributes):
            shared = key_x[k][:, :, None] == key_y[k][:, None, :]
            if alike:
                price -= shared * same_price[k]
            else:
                price -= shared * (weight[mode[a], k] + weight[mode[b], k])[:, None, None]
        for d in range(depth):
            partner = who[x, d][:, :, None] == y[:, None, :]
            if partner.any():
                price -= partner * (met[mode[a][:, None], x, d] + met[mode[b][:, None], x, d])[:, :, None]
        if ruled:
            rules = trade[a] + trade[b][:, turned]
            price += rules[pair[:, None, None], 4 * trait[x][:, :, None] + trait[y][:, None, :]]
        value = price * PRICE_UNIT
        if never is not None:
            value += never[t]
        if across:
            at_a, at_b = workshop[a][:, None], workshop[b][:, None]
            left = np.where(loose[x, at_b], level[x, at_b] - level[x, at_a], NEVER)
            right = np.where(loose[y, at_a], level[y, at_b] - level[y, at_a], -NEVER)
            value = np.where(left[:, :, None] == right[:, None, :], value, NEVER)
        value = value.reshape(pairs, -1)
        value -= temperature[t] * noisy[t]
        choice = value.argmin(axis=1)
        taken = np.flatnonzero(value[pair, choice] < kept[t])
        if not len(taken):
            continue
        choice = choice[taken]
        a, b = a[taken], b[taken]
        i, j = choice // window, choice % window
        added += int(price[taken, i, j].sum())
        leaving, coming = x[taken, i], y[taken, j]
        price_a = weight[mode[a]].T
        price_b = price_a if alike else weight[mode[b]].T
        code_x, code_y = code[:, leaving], code[:, coming]
        word_x, word_y = has_word[:, leaving], has_word[:, coming]
        flat[code_x + a * columns] -= price_a * word_x
        flat[code_x + b * columns] += price_b * word_x
        flat[code_y + b * columns] -= price_b * word_y
        flat[code_y + a * columns] += price_a * word_y
        seats[a, at_one[t, taken, i]] = coming
        seats[b, at_other[t, taken, j]] = leaving
        group[leaving], group[coming] = b, a
        if ruled:
            shift = trait[coming] - trait[leaving]
            changed = np.flatnonzero(shift)
            if len(changed):
                _retrade(
                    a[changed], leaving[changed], coming[changed], trait, porteur, residents, volunteers, trade, hard
                )
                _retrade(
                    b[changed], coming[changed], leaving[changed], trait, porteur, residents, volunteers, trade, hard
                )
    return added


LEAVING, COMING = np.divmod(np.arange(16), 4)
RESIDENT_SHIFT = (COMING >> 1) - (LEAVING >> 1)
VOLUNTEER_SHIFT = (COMING & 1) - (LEAVING & 1)


def _retrade(
    g: Ints,
    leaving: Ints,
    coming: Ints,
    trait: Ints,
    porteur: Ints,
    residents: Ints,
    volunteers: Ints,
    trade: Ints,
    hard: int,
) -> None:
    residents[g] += (trait[coming] >> 1) - (trait[leaving] >> 1)
    volunteers[g] += (trait[coming] & 1) - (trait[leaving] & 1)
    here, bringing = residents[g][:, None], volunteers[g][:, None]
    change = ALONE * (((here + RESIDENT_SHIFT) == 1).astype(np.int64) - (here == 1))
    lacking = ((bringing + VOLUNTEER_SHIFT) < 1).astype(np.int64) - (bringing < 1)
    trade[g] = hard * (change + lacking * porteur[g][:, None])
