import math

import numpy as np
import pytest

from geodata.analysis.kernels import BANDWIDTHS_M, KERNELS, Kernel, stepped_kernel
from geodata.errors import InvalidValue


class TestKernel:
    @pytest.mark.parametrize("name", KERNELS)
    def test_it_holds_one_report(self, name: str) -> None:
        kernel = Kernel(name, 300.0)
        radius = np.linspace(0.0, kernel.reach_m, 200_001)
        mass = np.trapezoid(kernel.density(radius**2) * 2 * math.pi * radius, radius)
        assert mass == pytest.approx(1.0, abs=1e-6)

    @pytest.mark.parametrize("name", KERNELS)
    def test_it_is_zero_beyond_its_reach(self, name: str) -> None:
        kernel = Kernel(name, 300.0)
        assert kernel.density((kernel.reach_m * 1.0001) ** 2) == 0.0
        assert kernel.density((kernel.reach_m * 0.99) ** 2) > 0.0

    def test_the_gaussian_is_cut_at_four_sigma(self) -> None:
        kernel = Kernel("gaussian", 300.0)
        assert kernel.sigma_m == pytest.approx(106.066, abs=1e-3)
        assert kernel.reach_m == pytest.approx(4 * kernel.sigma_m)

    def test_an_unknown_kernel_is_refused(self) -> None:
        with pytest.raises(InvalidValue) as refused:
            Kernel("epanechnikov", 300.0)
        assert refused.value.code == "kernel.unknown"

    @pytest.mark.parametrize("bandwidth_m", [0.0, -1.0, math.nan, math.inf])
    def test_a_bandwidth_is_a_positive_length(self, bandwidth_m: float) -> None:
        with pytest.raises(InvalidValue) as refused:
            Kernel("quartic", bandwidth_m)
        assert refused.value.code == "bandwidth.not_positive"


class TestSteppedKernel:
    @pytest.mark.parametrize("bandwidth_m", BANDWIDTHS_M)
    def test_every_step_is_there(self, bandwidth_m: int) -> None:
        assert stepped_kernel("quartic", bandwidth_m).bandwidth_m == bandwidth_m

    def test_what_lies_between_the_steps_is_refused(self) -> None:
        with pytest.raises(InvalidValue) as refused:
            stepped_kernel("quartic", 301)
        assert refused.value.code == "bandwidth.not_a_step"
