// Where Winograd's convolution interpolates: 0, +-p, +-q and infinity.
#ifndef WINOGRAD_POINTS_H
#define WINOGRAD_POINTS_H

#define WP 0.75f
#define WQ 1.5f
#define WP2 (WP * WP)
#define WQ2 (WQ * WQ)
#define WS2 (WP2 + WQ2)
#define WM2 (WP2 * WQ2)
/// What divides a kernel's coefficients at +-p and at +-q.
#define WNP (2 * WP2 * (WP2 - WQ2))
#define WNQ (2 * WQ2 * (WQ2 - WP2))

#endif
