"""AlexNet of Krizhevsky et al. 2012 with the layers, sizes and names of Caffe's bvlc_alexnet."""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Caffe rounds the number of windows up. Its local response normalisation is PyTorch's, which pads the
# channels with zeros and divides alpha by the size as well.
pool = partial(F.max_pool2d, kernel_size=3, stride=2, ceil_mode=True)
norm = partial(F.local_response_norm, size=5, alpha=1e-4, beta=0.75, k=1.0)


class AlexNetLRN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 96, 11, stride=4)
        self.conv2 = nn.Conv2d(96, 256, 5, padding=2, groups=2)
        self.conv3 = nn.Conv2d(256, 384, 3, padding=1)
        self.conv4 = nn.Conv2d(384, 384, 3, padding=1, groups=2)
        self.conv5 = nn.Conv2d(384, 256, 3, padding=1, groups=2)
        self.fc6 = nn.Linear(256 * 6 * 6, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        self.fc8 = nn.Linear(4096, 1000)

    def forward(self, x: Tensor) -> Tensor:
        x = pool(norm(F.relu(self.conv1(x))))
        x = pool(norm(F.relu(self.conv2(x))))
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        x = pool(F.relu(self.conv5(x)))
        x = F.relu(self.fc6(torch.flatten(x, 1)))
        return self.fc8(F.relu(self.fc7(x)))
