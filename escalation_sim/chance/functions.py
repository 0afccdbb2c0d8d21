"""The project's own exp, log, normal and gamma functions: the same bytes on every platform.

The C library's functions differ in the last bit between systems, processors and versions; IEEE 754
fixes only + − × ÷ and the square root. So everything here is made of those, in a written order. All
functions are plain scalar code (floats and small whole numbers in, one float out, no exceptions),
ready to be compiled with contraction and fast-math off, or to be carried over to another language.

There is no `frexp` or `ldexp` either, which not every language has: numbers are scaled by
multiplying with powers of two, which is exact except where a result is subnormal, and there it is
rounded once.

Worst errors found against 50-digit arithmetic, relative to the value: exp and log 1 ulp;
normal_density and normal_quantile 1e-15; normal_cdf, tails included, 2e-14; gamma_function 1e-15 up
to 20 and 4e-15 up to 171; gamma_cdf_integer 5e-15; gamma_quantile_integer 2e-14 for u of `uniform`.
Where a formula changes hands neighbouring doubles may come out a last place or so out of order;
over steps beyond the errors above all are monotone.
"""

from __future__ import annotations

import math

_INFINITY = math.inf
_NOT_A_NUMBER = math.nan

# ln 2 in two parts, the first with 32 trailing zero bits, so that its product with a whole number
# below 2**20 is exact; both parts, and the coefficients in `exp` and `log`, are the minimax
# constants of Sun's fdlibm (e_exp.c, e_log.c, 1993).
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_INVERSE_LN2 = 1.44269504088896338700

_SQRT_HALF = 0.7071067811865476
_SQRT_TWO = 1.4142135623730951
_SQRT_TWO_PI = 2.5066282746310002

_TWO_POW_30 = 1073741824.0
_TWO_POW_MINUS_30 = 9.313225746154785e-10
_TWO_POW_6 = 64.0
_TWO_POW_MINUS_6 = 0.015625
_TWO_POW_MINUS_64 = 5.421010862427522e-20

_SERIES_END = 1e-17
"""A term this small beside its sum no longer changes it."""


def power_of_two(exponent: int) -> float:
    """Return 2 to a whole power from -1022 to 1023, exactly."""
    base = 2.0
    if exponent < 0:
        base = 0.5
        exponent = -exponent
    result = 1.0
    while exponent > 0:
        if exponent & 1:
            result *= base
        base *= base
        exponent >>= 1
    return result


def exp(x: float) -> float:
    """Return e to the power x: infinity above 709.78, 0 below -745.13, nan for nan.

    x = k ln 2 + r with |r| ≤ ½ ln 2; e^r from the fraction 1 + 2r / (2 - c), where c = r - r²(…) is
    the polynomial of fdlibm.
    """
    if not -745.2 <= x <= 709.8:
        if x > 0.0:
            return _INFINITY
        return 0.0 if x < 0.0 else _NOT_A_NUMBER
    k = math.floor(x * _INVERSE_LN2 + 0.5)
    high = x - k * _LN2_HIGH
    low = k * _LN2_LOW
    r = high - low
    t = r * r
    series = -1.65339022054652515390e-06 + t * 4.13813679705723846039e-08
    series = 6.61375632143793436117e-05 + t * series
    series = -2.77777777770155933842e-03 + t * series
    series = 1.66666666666666019037e-01 + t * series
    c = r - t * series
    y = 1.0 - ((low - (r * c) / (2.0 - c)) - high)
    if k < -1000:
        return y * power_of_two(k + 64) * _TWO_POW_MINUS_64
    if k > 1000:
        return y * power_of_two(k - 30) * _TWO_POW_30
    return y * power_of_two(k)


def log(x: float) -> float:
    """Return the natural logarithm: -infinity for 0, nan for less, infinity for infinity.

    x = 2^k (1 + f) with 1 + f between √½ and √2; log(1 + f) = f - f²/2 + s (f²/2 + R), where
    s = f / (2 + f) and R is the polynomial of fdlibm in s².
    """
    if not x > 0.0:
        return -_INFINITY if x == 0.0 else _NOT_A_NUMBER
    if x == _INFINITY:
        return x
    k = 0
    while x < _TWO_POW_MINUS_30:
        x *= _TWO_POW_30
        k -= 30
    while x < _TWO_POW_MINUS_6:
        x *= _TWO_POW_6
        k -= 6
    while x < _SQRT_HALF:
        x *= 2.0
        k -= 1
    while x > _TWO_POW_30:
        x *= _TWO_POW_MINUS_30
        k += 30
    while x > _TWO_POW_6:
        x *= _TWO_POW_MINUS_6
        k += 6
    while x > _SQRT_TWO:
        x *= 0.5
        k += 1
    f = x - 1.0
    s = f / (2.0 + f)
    z = s * s
    series = 1.531383769920937332e-01 + z * 1.479819860511658591e-01
    series = 1.818357216161805012e-01 + z * series
    series = 2.222219843214978396e-01 + z * series
    series = 2.857142874366239149e-01 + z * series
    series = 3.999999999940941908e-01 + z * series
    series = 6.666666666666735130e-01 + z * series
    half_square = 0.5 * f * f
    return k * _LN2_HIGH - ((half_square - (s * (half_square + z * series) + k * _LN2_LOW)) - f)


def normal_density(x: float) -> float:
    """Return the standard normal density at x.

    x is split at a multiple of 1/16, whose square is exact, so that the error of squaring x is not
    blown up by the exponential (W. J. Cody, Mathematics of Computation 23, 1969).
    """
    x = abs(x)
    if not x < 39.0:
        return 0.0 if x >= 39.0 else _NOT_A_NUMBER
    near = math.floor(x * 16.0) * 0.0625
    return exp(-0.5 * near * near) * exp(-0.5 * (x - near) * (x + near)) / _SQRT_TWO_PI


def normal_cdf(x: float) -> float:
    """Return the chance that a standard normal number is at most x; nan for nan.

    Within 1.75 of the middle by the series ½ + density · (x + x³/3 + x⁵/15 + …), beyond by
    Laplace's continued fraction for the tail, 120 levels from the end; both are classical
    (Abramowitz and Stegun 26.2.11 and 26.2.14). Tails keep their accuracy down to 1e-300.
    """
    distance = abs(x)
    if not distance < 39.0:
        if x > 0.0:
            return 1.0
        return 0.0 if x < 0.0 else _NOT_A_NUMBER
    density = normal_density(distance)
    if distance <= 1.75:
        square = x * x
        term = x
        total = x
        odd = 1.0
        while abs(term) > _SERIES_END * abs(total):
            odd += 2.0
            term *= square / odd
            total += term
        return 0.5 + density * total
    fraction = distance
    for level in range(120, 0, -1):
        fraction = distance + level / fraction
    tail = density / fraction
    return 1.0 - tail if x > 0.0 else tail


def normal_quantile(p: float) -> float:
    """Return the x with normal_cdf(x) = p: ∓infinity for 0 and 1, nan outside.

    M. J. Wichura's PPND16, Algorithm AS 241 (Applied Statistics 37, 1988): three rational functions
    of 7th degree, good to about one part in 10**16. Where 1 - p is small and known better than p,
    -normal_quantile(1 - p) is the one to call.
    """
    if not 0.0 < p < 1.0:
        if p == 0.0:
            return -_INFINITY
        return _INFINITY if p == 1.0 else _NOT_A_NUMBER
    q = p - 0.5
    if abs(q) <= 0.425:
        return q * _quantile_middle(0.180625 - q * q)
    r = math.sqrt(-log(p if q < 0.0 else 1.0 - p))
    x = _quantile_tail(r - 1.6) if r <= 5.0 else _quantile_far_tail(r - 5.0)
    return -x if q < 0.0 else x


def _quantile_middle(r: float) -> float:
    """Return AS 241's quotient for |p - ½| ≤ 0.425, with r = 0.425² - (p - ½)²."""
    top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
    top = 6.7265770927008700853e4 + r * top
    top = 4.5921953931549871457e4 + r * top
    top = 1.3731693765509461125e4 + r * top
    top = 1.9715909503065514427e3 + r * top
    top = 1.3314166789178437745e2 + r * top
    top = 3.3871328727963666080e0 + r * top
    bottom = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
    bottom = 3.9307895800092710610e4 + r * bottom
    bottom = 2.1213794301586595867e4 + r * bottom
    bottom = 5.3941960214247511077e3 + r * bottom
    bottom = 6.8718700749205790830e2 + r * bottom
    bottom = 4.2313330701600911252e1 + r * bottom
    return top / (1.0 + r * bottom)


def _quantile_tail(r: float) -> float:
    """Return AS 241's quotient for tails above e⁻²⁵, with r = √(-log p) - 1.6."""
    top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
    top = 2.41780725177450611770e-1 + r * top
    top = 1.27045825245236838258e0 + r * top
    top = 3.64784832476320460504e0 + r * top
    top = 5.76949722146069140550e0 + r * top
    top = 4.63033784615654529590e0 + r * top
    top = 1.42343711074968357734e0 + r * top
    bottom = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
    bottom = 1.51986665636164571966e-2 + r * bottom
    bottom = 1.48103976427480074590e-1 + r * bottom
    bottom = 6.89767334985100004550e-1 + r * bottom
    bottom = 1.67638483018380384940e0 + r * bottom
    bottom = 2.05319162663775882187e0 + r * bottom
    return top / (1.0 + r * bottom)


def _quantile_far_tail(r: float) -> float:
    """Return AS 241's quotient for tails below e⁻²⁵, with r = √(-log p) - 5."""
    top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
    top = 1.24266094738807843860e-3 + r * top
    top = 2.65321895265761230930e-2 + r * top
    top = 2.96560571828504891230e-1 + r * top
    top = 1.78482653991729133580e0 + r * top
    top = 5.46378491116411436990e0 + r * top
    top = 6.65790464350110377720e0 + r * top
    bottom = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
    bottom = 1.84631831751005468180e-5 + r * bottom
    bottom = 7.86869131145613259100e-4 + r * bottom
    bottom = 1.48753612908506148525e-2 + r * bottom
    bottom = 1.36929880922735805310e-1 + r * bottom
    bottom = 5.99832206555887937690e-1 + r * bottom
    return top / (1.0 + r * bottom)


def gamma_function(x: float) -> float:
    """Return Γ(x) for x > 0: infinity above 171.62, nan for 0 and less.

    Brought to 1 + z with |z| ≤ ½ by Γ(x + 1) = x Γ(x), then the power series of 1 / Γ(1 + z)
    (coefficients: Abramowitz and Stegun 6.1.34).
    """
    if not x > 0.0:
        return _NOT_A_NUMBER
    if x > 171.7:
        return _INFINITY
    product = 1.0
    while x > 1.5:
        x -= 1.0
        product *= x
    divisor = 1.0
    if x < 0.5:
        divisor = x
        x += 1.0
    z = x - 1.0
    series = 1.0434267116911005e-10 + z * 7.782263439905071e-12
    series = -1.18127457048702e-09 + z * series
    series = 5.002007644469223e-09 + z * series
    series = 6.116095104481416e-09 + z * series
    series = -2.056338416977607e-07 + z * series
    series = 1.133027231981696e-06 + z * series
    series = -1.2504934821426706e-06 + z * series
    series = -2.013485478078824e-05 + z * series
    series = 0.0001280502823881162 + z * series
    series = -0.00021524167411495098 + z * series
    series = -0.0011651675918590652 + z * series
    series = 0.0072189432466631 + z * series
    series = -0.009621971527876973 + z * series
    series = -0.04219773455554433 + z * series
    series = 0.16653861138229148 + z * series
    series = -0.04200263503409524 + z * series
    series = -0.6558780715202539 + z * series
    series = 0.5772156649015329 + z * series
    series = 1.0 + z * series
    return product / series / divisor


def _gamma_lower(steps: int, x: float) -> float:
    """Return cdf · steps! · eˣ / x^steps as the series 1 + x/(n+1) + x²/((n+1)(n+2)) + …."""
    term = 1.0
    total = 1.0
    k = float(steps)
    while term > _SERIES_END * total:
        k += 1.0
        term *= x / k
        total += term
    return total


def _gamma_upper(steps: int, x: float) -> float:
    """Return (1 - cdf) · (steps - 1)! · eˣ / x^(steps - 1), a sum of `steps` terms."""
    total = 1.0
    for k in range(1, steps):
        total = 1.0 + total * (k / x)
    return total


def _factorial(n: int) -> float:
    """Return n! for n up to 170."""
    product = 1.0
    for k in range(2, n + 1):
        product *= k
    return product


def gamma_cdf_integer(steps: int, x: float) -> float:
    """Return the chance that `steps` unit exponentials (1 to 100) add up to at most x.

    Below x = steps by the rising series, above by the finite sum for the other tail, so the smaller
    tail is never a difference of larger numbers.
    """
    if not x > 0.0:
        return 0.0
    if x > 1400.0:
        return 1.0
    half = exp(-0.5 * x)  # in two halves: e^-x alone would vanish from 745 on
    density = half
    for k in range(1, steps):
        density *= x / k
    density *= half
    if x < steps:
        return density * _gamma_lower(steps, x) * (x / steps)
    return 1.0 - density * _gamma_upper(steps, x)


def gamma_quantile_integer(steps: int, u: float) -> float:
    """Return the x with gamma_cdf_integer(steps, x) = u, for 0 < u < 1 and 1 to 100 steps.

    Newton's rule for the logarithm of the smaller tail as a function of t = log x. Both tails are
    concave in that form, so from any start the second point lies on one side of the root and the
    rest walk straight towards it; no bracket is needed. The rule stops after the first step below
    2⁻²⁷, whose successor would be below rounding. With one step the answer is closed.
    """
    if steps == 1:
        return -log(1.0 - u)
    t = log(_gamma_start(steps, u))
    lower = u < 0.5
    wanted = log(u) + log(_factorial(steps)) if lower else log(1.0 - u) + log(_factorial(steps - 1))
    move = 1.0
    while abs(move) >= 7.450580596923828e-09:
        x = exp(t)
        if lower:
            total = _gamma_lower(steps, x)
            move = (wanted - (steps * t - x + log(total))) * total / steps
        else:
            total = _gamma_upper(steps, x)
            move = ((steps - 1) * t - x + log(total) - wanted) * total / x
        t += move
    return exp(t)


def _gamma_start(steps: int, u: float) -> float:
    """Return a first guess at the quantile.

    Wilson and Hilferty's cube of a normal number (1931); where that is no use, far below the
    middle, the root of x^steps / steps! = u, which is never too large.
    """
    spread = 1.0 / (9.0 * steps)
    root = 1.0 - spread + normal_quantile(u) * math.sqrt(spread)
    if root > 0.3:
        return steps * root * root * root
    return exp((log(u) + log(_factorial(steps))) / steps)
