"""The few helpers that a derivative may call, where shapes are not known before it runs; copied into text as they are.

In rules, `foo_x(z_bar, x, y)` is the cotangent of foo's argument x, and `foo_dot(x_dot, z, x)` its result's tangent.
They are untyped, since users read them in their own files.
"""

# ruff: noqa: F401
# what is imported here is what `from srcdiff.runtime import ...` offers to generated text

from srcdiff.runtime.broadcasting import (
    broadcast_like,
    count,
    unbroadcast,
    unreduce,
)
from srcdiff.runtime.linalg import (
    cholesky_a,
    cholesky_dot,
    det_a,
    det_dot,
    eigh_a,
    eigh_dot,
    eigvalsh_a,
    eigvalsh_dot,
    inv_a,
    is_matrix_norm,
    lower,
    lower_half,
    matrix_norm_partial,
    norm_dot,
    norm_x,
    singular_values_dot,
    singular_values_x,
    slogdet_a,
    slogdet_dot,
    solve_a,
    solve_b,
    symmetric,
)
from srcdiff.runtime.manipulation import (
    append_x,
    append_y,
    array_x,
    astype_x,
    column_stack_x,
    concatenate_x,
    diag_x,
    diagonal_x,
    diff_x,
    hstack_x,
    repeat_x,
    roll_x,
    sort_dot,
    sort_x,
    stack_x,
    take_along_axis_x,
    take_x,
    tile_x,
    trace_x,
    transpose_x,
    vstack_x,
)
from srcdiff.runtime.products import (
    contracted,
    dot_x,
    dot_y,
    inner_x,
    inner_y,
    kron_x,
    kron_y,
    matmul_x,
    matmul_y,
    outer_x,
    outer_y,
    spread_diagonal,
    tensordot_x,
    tensordot_y,
)
from srcdiff.runtime.reductions import (
    chosen_item,
    chosen_item_dot,
    cumprod_dot,
    cumprod_x,
    cumsum_x,
    max_dot,
    max_x,
    mean_along,
    others,
    prod_dot,
    prod_partial,
    prod_x,
    std_dot,
    std_x,
    sum_x,
    var_dot,
    var_x,
)
from srcdiff.runtime.structures import (
    add,
    add_at,
    add_slice,
    astype,
    complete,
    copy,
    flip,
    last_written,
    zeros_like,
)
