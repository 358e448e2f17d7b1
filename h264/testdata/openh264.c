/* Decodes H.264 with OpenH264's decoder. Standard input holds access units of
 * Annex B bytes, each behind its length in four bytes (big-endian); the cropped
 * 4:2:0 pictures go to standard output as raw planes. Any complaint of the
 * decoder ends the program with status 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

static int fail(const char *what, long code) {
  fprintf(stderr, "%s: %ld (0x%lx)\n", what, code, code);
  return 1;
}

static void show(unsigned char **planes, const SBufferInfo *info) {
  const SSysMEMBuffer *m = &info->UsrData.sSystemBuffer;
  if (info->iBufferStatus != 1)
    return;
  for (int p = 0; p < 3; p++) {
    int w = p ? m->iWidth / 2 : m->iWidth, h = p ? m->iHeight / 2 : m->iHeight;
    for (int y = 0; y < h; y++)
      fwrite(planes[p] + (size_t)y * m->iStride[p > 0], 1, w, stdout);
  }
}

int main(void) {
  ISVCDecoder *d;
  SDecodingParam param;
  SBufferInfo info;
  unsigned char length[4], *unit = NULL, *planes[3];
  long status;

  if (WelsCreateDecoder(&d))
    return fail("WelsCreateDecoder", 0);
  memset(&param, 0, sizeof param);
  param.eEcActiveIdc = ERROR_CON_DISABLE;
  param.sVideoProperty.size = sizeof param.sVideoProperty;
  param.sVideoProperty.eVideoBsType = VIDEO_BITSTREAM_AVC;
  if ((status = (*d)->Initialize(d, &param)))
    return fail("Initialize", status);
  for (int n = 0; fread(length, 1, 4, stdin) == 4; n++) {
    size_t size = (size_t)length[0] << 24 | length[1] << 16 | length[2] << 8 | length[3];
    unit = realloc(unit, size);
    if (!unit || fread(unit, 1, size, stdin) != size)
      return fail("the input ends in access unit", n);
    memset(&info, 0, sizeof info);
    if ((status = (*d)->DecodeFrameNoDelay(d, unit, (int)size, planes, &info))) {
      fprintf(stderr, "access unit %d: ", n);
      return fail("DecodeFrameNoDelay", status);
    }
    show(planes, &info);
  }
  for (int left = 0;;) { /* pictures that wait for their turn */
    (*d)->GetOption(d, DECODER_OPTION_NUM_OF_FRAMES_REMAINING_IN_BUFFER, &left);
    if (left < 1)
      break;
    memset(&info, 0, sizeof info);
    if ((status = (*d)->FlushFrame(d, planes, &info)))
      return fail("FlushFrame", status);
    show(planes, &info);
  }
  (*d)->Uninitialize(d);
  WelsDestroyDecoder(d);
  free(unit);
  return fflush(stdout) || ferror(stdout);
}
