package mux

import "fmt"

// CodecString names the codec of a stream for Media Source Extensions, HLS and
// HTTP headers (RFC 6381): avc1 with profile_idc, constraint flags and level_idc
// of its SPS, a NAL unit without start code. With High profile at level 3.1 it
// is "avc1.64001f".
func CodecString(sps []byte) (string, error) {
	if err := checkParameterSet(sps, nalSPS); err != nil {
		return "", fmt.Errorf("%w: SPS: %w", ErrTrack, err)
	}
	if len(sps) < 4 {
		return "", fmt.Errorf("%w: SPS of %d bytes: at least 4", ErrTrack, len(sps))
	}
	return fmt.Sprintf("avc1.%02x%02x%02x", sps[1], sps[2], sps[3]), nil
}

// MIMEType is the type of an MP4 with such a stream alone, as Content-Type and
// MediaSource.isTypeSupported have it: video/mp4; codecs="avc1.64001f".
func MIMEType(sps []byte) (string, error) {
	codec, err := CodecString(sps)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("video/mp4; codecs=%q", codec), nil
}
