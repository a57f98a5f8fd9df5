/// The functions of the C file in single precision.
enum CFloatKernelText {
    static let activate = """
        /* 0: none, 1: ReLU, 2: ReLU6, 3: hard-swish */
        static float NAME_f_activate(float x, int activation) {
            float part = x + 3.0f;
            if (activation == 0) return x;
            if (activation != 3) {
                if (x < 0.0f) x = 0.0f;
                return activation == 2 && x > 6.0f ? 6.0f : x;
            }
            if (part < 0.0f) part = 0.0f;
            if (part > 6.0f) part = 6.0f;
            return x * (part / 6.0f);
        }

        """

    static let convolution = """
        typedef struct {
            int height, width, channels, outputs, kernel_height, kernel_width, stride, pad_top, pad_left, groups;
            int out_height, out_width, activation;
        } NAME_f_shape;

        /* y = w * x, H,W,C; w is O,KH,KW,I. */
        static void NAME_f_convolution(const NAME_f_shape *s, const float *x, const float *w, const float *bias, float *y) {
            const int inner = s->channels / s->groups, per_group = s->outputs / s->groups;
            for (int oy = 0; oy < s->out_height; oy++)
                for (int ox = 0; ox < s->out_width; ox++)
                    for (int o = 0; o < s->outputs; o++) {
                        float sum = bias[o];
                        for (int ky = 0; ky < s->kernel_height; ky++) {
                            const int iy = oy * s->stride - s->pad_top + ky;
                            if (iy < 0 || iy >= s->height) continue;
                            for (int kx = 0; kx < s->kernel_width; kx++) {
                                const int ix = ox * s->stride - s->pad_left + kx;
                                const float *from, *by;
                                if (ix < 0 || ix >= s->width) continue;
                                from = x + (iy * s->width + ix) * s->channels + o / per_group * inner;
                                by = w + ((o * s->kernel_height + ky) * s->kernel_width + kx) * inner;
                                for (int i = 0; i < inner; i++) sum += from[i] * by[i];
                            }
                        }
                        *y++ = NAME_f_activate(sum, s->activation);
                    }
        }

        """

    static let add = """
        static void NAME_f_add(const float *a, const float *b, int count, int activation, float *y) {
            for (int i = 0; i < count; i++) y[i] = NAME_f_activate(a[i] + b[i], activation);
        }

        """

    static let pool = """
        /* The largest value of each window, or the mean; what lies in the padding counts for neither. */
        static void NAME_f_pool(const float *x, int height, int width, int channels, int size_y, int size_x, int stride,
                              int padding, int out_height, int out_width, int is_maximum, float *y) {
            for (int oy = 0; oy < out_height; oy++)
                for (int ox = 0; ox < out_width; ox++)
                    for (int c = 0; c < channels; c++) {
                        float sum = 0.0f, largest = 0.0f;
                        int count = 0;
                        for (int i = 0; i < size_y; i++)
                            for (int j = 0; j < size_x; j++) {
                                const int iy = oy * stride - padding + i, ix = ox * stride - padding + j;
                                float value;
                                if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
                                value = x[(iy * width + ix) * channels + c];
                                if (count == 0 || value > largest) largest = value;
                                sum += value;
                                count++;
                            }
                        *y++ = is_maximum ? largest : sum / (float)count;
                    }
        }

        """

    static let pointwise = """
        static void NAME_f_pointwise(const float *x, int count, int activation, float *y) {
            for (int i = 0; i < count; i++) y[i] = NAME_f_activate(x[i], activation);
        }

        """
}
