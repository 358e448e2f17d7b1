/* Encodes raw 4:2:0 frames with OpenH264 at one quantiser, for the ruler
 * (scripts/rd.py), which builds this where libopenh264-dev is installed:
 *
 *   openh264 WIDTH HEIGHT FPS QP IN.yuv OUT.264
 *
 * The settings are the library's defaults but for its rate control, background
 * detection, adaptive quantisation and frame skipping, which are off, so that QP
 * alone decides the quality; one thread; one key frame. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wels/codec_api.h>

static int fail(const char *what) {
  fprintf(stderr, "openh264: %s\n", what);
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 7)
    return fail("want WIDTH HEIGHT FPS QP IN.yuv OUT.264");
  int width = atoi(argv[1]), height = atoi(argv[2]);
  float fps = atof(argv[3]);
  FILE *in = fopen(argv[5], "rb"), *out = fopen(argv[6], "wb");
  size_t luma = (size_t)width * height, size = luma * 3 / 2;
  unsigned char *yuv = malloc(size);
  if (!in || !out || !yuv)
    return fail("files can't be opened");

  ISVCEncoder *e;
  SEncParamExt p;
  if (WelsCreateSVCEncoder(&e) || (*e)->GetDefaultParams(e, &p))
    return fail("no encoder");
  p.iUsageType = CAMERA_VIDEO_REAL_TIME;
  p.iPicWidth = p.sSpatialLayers[0].iVideoWidth = width;
  p.iPicHeight = p.sSpatialLayers[0].iVideoHeight = height;
  p.fMaxFrameRate = p.sSpatialLayers[0].fFrameRate = fps;
  p.iTargetBitrate = p.sSpatialLayers[0].iSpatialBitrate = 5000000;
  p.iRCMode = RC_OFF_MODE;
  p.sSpatialLayers[0].iDLayerQp = atoi(argv[4]);
  p.iMultipleThreadIdc = 1;
  p.bEnableFrameSkip = p.bEnableBackgroundDetection = p.bEnableAdaptiveQuant = p.bEnableSceneChangeDetect = 0;
  if ((*e)->InitializeExt(e, &p))
    return fail("the settings are refused");

  SSourcePicture pic = {0};
  pic.iColorFormat = videoFormatI420;
  pic.iPicWidth = width;
  pic.iPicHeight = height;
  pic.iStride[0] = width;
  pic.iStride[1] = pic.iStride[2] = width / 2;
  pic.pData[0] = yuv;
  pic.pData[1] = yuv + luma;
  pic.pData[2] = yuv + luma * 5 / 4;
  for (long n = 0; fread(yuv, 1, size, in) == size; n++) {
    SFrameBSInfo info;
    memset(&info, 0, sizeof info);
    pic.uiTimeStamp = (long long)(n * 1000 / fps);
    if ((*e)->EncodeFrame(e, &pic, &info))
      return fail("a frame is refused");
    for (int i = 0; i < info.iLayerNum; i++) {
      SLayerBSInfo *layer = &info.sLayerInfo[i];
      size_t bytes = 0;
      for (int j = 0; j < layer->iNalCount; j++)
        bytes += layer->pNalLengthInByte[j];
      fwrite(layer->pBsBuf, 1, bytes, out);
    }
  }
  (*e)->Uninitialize(e);
  WelsDestroySVCEncoder(e);
  return fclose(out) ? fail("the output can't be written") : 0;
}
