"""NASNet-A Mobile: Keras's graph from the cells of timm, which has the large network only.

The names are those that PyTorch ports of the mobile network have always had: timm's, with the cells
left out that the mobile network lacks.
"""

import torch.nn.functional as F
from timm.models.nasnet import NASNetALarge
from torch import Tensor, nn

LARGE_ONLY = (4, 5, 10, 11, 16, 17)
REDUCTIONS = ("cell_stem_0", "cell_stem_1", "reduction_cell_0", "reduction_cell_1")


class ZeroPadded(nn.Module):
    """Keras pads with zeros that then count, as maxima too, where TensorFlow's pools ignore padding."""

    def __init__(self, pool: nn.Module) -> None:
        super().__init__()
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        top, left = x.shape[2] % 2, x.shape[3] % 2
        return self.pool(F.pad(x, [left, 1, top, 1]))


class NASNetMobile(NASNetALarge):
    def __init__(self) -> None:
        super().__init__(stem_size=32, num_features=1056)
        for index in LARGE_ONLY:
            delattr(self, f"cell_{index}")
        for name in REDUCTIONS:
            cell = self.get_submodule(name)
            cell.comb_iter_1_left = ZeroPadded(nn.MaxPool2d(3, 2))
            cell.comb_iter_2_left = ZeroPadded(nn.AvgPool2d(3, 2))
            cell.comb_iter_4_right = ZeroPadded(nn.MaxPool2d(3, 2))

    def forward_features(self, x: Tensor) -> Tensor:
        conv0 = self.conv0(x)
        before = self.cell_stem_0(conv0)
        x = self.cell_stem_1(conv0, before)
        stages = [
            [self.cell_0, self.cell_1, self.cell_2, self.cell_3],
            [self.reduction_cell_0, self.cell_6, self.cell_7, self.cell_8, self.cell_9],
            [self.reduction_cell_1, self.cell_12, self.cell_13, self.cell_14, self.cell_15],
        ]
        for cell in [cell for stage in stages for cell in stage]:
            x, before = cell(x, before), x
        return self.act(x)
