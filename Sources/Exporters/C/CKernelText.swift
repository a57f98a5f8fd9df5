/// The functions of the C file, for the kinds of steps that a network has.
enum CKernelText {
    static let requantize = """
        /* round(sum * multiplier) + zero within 0...255, ties to even. `volatile` keeps compilers from rounding otherwise,
           whatever their options. */
        static uint8_t NAME_requantize(int32_t sum, float multiplier, int32_t zero) {
            volatile float product = (float)sum * multiplier;
            volatile float shifted;
            float low = (float)-zero, high = (float)(255 - zero), value = product;
            if (value < low) value = low;
            if (value > high) value = high;
            shifted = value + 12582912.0f;
            return (uint8_t)((int32_t)(shifted - 12582912.0f) + zero);
        }

        """

    static let convolution = """
        typedef struct {
            int height, width, channels, outputs, kernel_height, kernel_width, stride, pad_top, pad_left, groups;
            int out_height, out_width, zero_in, zero_out;
        } NAME_shape;

        /* y = w * x, H,W,C; w is O,KH,KW,I. */
        static void NAME_convolution(const NAME_shape *s, const uint8_t *x, const int8_t *w, const int32_t *bias,
                                     const float *multiplier, uint8_t *y) {
            const int inner = s->channels / s->groups, per_group = s->outputs / s->groups;
            for (int oy = 0; oy < s->out_height; oy++) {
                const int top = oy * s->stride - s->pad_top;
                const int first_y = top < 0 ? -top : 0;
                const int last_y = top + s->kernel_height > s->height ? s->height - top : s->kernel_height;
                for (int ox = 0; ox < s->out_width; ox++) {
                    const int left = ox * s->stride - s->pad_left;
                    const int first_x = left < 0 ? -left : 0;
                    const int last_x = left + s->kernel_width > s->width ? s->width - left : s->kernel_width;
                    for (int o = 0; o < s->outputs; o++) {
                        int32_t sum = bias[o];
                        for (int ky = first_y; ky < last_y; ky++) {
                            const uint8_t *from =
                                x + ((top + ky) * s->width + left + first_x) * s->channels + o / per_group * inner;
                            const int8_t *by = w + ((o * s->kernel_height + ky) * s->kernel_width + first_x) * inner;
                            /* Without groups the taps of a line lie together. */
                            const int taps = last_x - first_x;
                            const int runs = s->groups == 1 ? 1 : taps, run = s->groups == 1 ? taps * inner : inner;
                            for (int r = 0; r < runs; r++, from += s->channels, by += inner)
                                for (int i = 0; i < run; i++) sum += (from[i] - s->zero_in) * by[i];
                        }
                        *y++ = NAME_requantize(sum, multiplier[o], s->zero_out);
                    }
                }
            }
        }

        """

    static let add = """
        static void NAME_add(const uint8_t *a, const uint8_t *b, int count, float a_scale, float b_scale, float shift,
                             uint8_t *y) {
            for (int i = 0; i < count; i++) {
                volatile float left = (float)a[i] * a_scale;
                volatile float right = (float)b[i] * b_scale;
                left = left + shift;
                left = right + left;
                {
                    volatile float shifted;
                    float value = left;
                    if (value < 0.0f) value = 0.0f;
                    if (value > 255.0f) value = 255.0f;
                    shifted = value + 12582912.0f;
                    y[i] = (uint8_t)(int32_t)(shifted - 12582912.0f);
                }
            }
        }

        """

    static let maximum = """
        static void NAME_max_pool(const uint8_t *x, int height, int width, int channels, int size, int stride,
                                  int padding, int out_height, int out_width, uint8_t *y) {
            for (int oy = 0; oy < out_height; oy++)
                for (int ox = 0; ox < out_width; ox++)
                    for (int c = 0; c < channels; c++) {
                        uint8_t largest = 0;
                        for (int i = 0; i < size; i++)
                            for (int j = 0; j < size; j++) {
                                const int iy = oy * stride - padding + i, ix = ox * stride - padding + j;
                                if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
                                if (x[(iy * width + ix) * channels + c] > largest)
                                    largest = x[(iy * width + ix) * channels + c];
                            }
                        *y++ = largest;
                    }
        }

        """

    static let average = """
        /* `multiplier` is for a sum of `count` pixels, the first of as many. */
        static void NAME_average_pool(const uint8_t *x, int height, int width, int channels, int size_y, int size_x,
                                      int stride, int padding, int out_height, int out_width, int zero_in, int zero_out,
                                      const float *multiplier, uint8_t *y) {
            for (int oy = 0; oy < out_height; oy++)
                for (int ox = 0; ox < out_width; ox++)
                    for (int c = 0; c < channels; c++) {
                        int32_t sum = 0;
                        int count = 0;
                        for (int i = 0; i < size_y; i++)
                            for (int j = 0; j < size_x; j++) {
                                const int iy = oy * stride - padding + i, ix = ox * stride - padding + j;
                                if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
                                sum += x[(iy * width + ix) * channels + c] - zero_in;
                                count++;
                            }
                        *y++ = NAME_requantize(sum, multiplier[count - 1], zero_out);
                    }
        }

        """

    static let globalAverage = """
        static void NAME_global_average(const uint8_t *x, int pixels, int channels, int zero_in, int zero_out,
                                        float multiplier, uint8_t *y) {
            for (int c = 0; c < channels; c++) {
                int32_t sum = 0;
                for (int i = 0; i < pixels; i++) sum += x[i * channels + c] - zero_in;
                y[c] = NAME_requantize(sum, multiplier, zero_out);
            }
        }

        """

    static let lookUp = """
        static void NAME_look_up(const uint8_t *x, int count, const uint8_t *table, uint8_t *y) {
            for (int i = 0; i < count; i++) y[i] = table[x[i]];
        }

        """
}
