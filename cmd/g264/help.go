package main

// manual is what --help prints.
const manual = `g264 encodes video to H.264, in MP4.

  g264 [flags] INPUT... -o OUT
  g264 --demo [flags] [-o OUT]

Flags stand before or after the inputs, with one dash or two.

INPUT, recognised by what it holds; - is standard input:
  y4m        4:2:0, 4:4:4 or monochrome, 8 bits, progressive. The samples are
             taken as they are: BT.709, limited range, unless a flag or the tag
             XCOLORRANGE=FULL says otherwise.
  PNG, JPEG  any number of images of one size, a frame each, in order. An INPUT
             can be many PNG images, one right after the other (cat *.png);
             on standard input nothing may follow a JPEG.
  GIF        animated: its delays are kept as they are, and 0 and 1 hundredths
             of a second are 10, as browsers have it; with --fps all are equal
  raw video  with --pix-fmt and --size
Any other video: ffmpeg -i VIDEO -f yuv4mpegpipe - | g264 - -o OUT

OUT:
  -o OUT                 .mp4, or a name without an extension: MP4
                         .264 or .h264: an H.264 byte stream (Annex B), which
                         has no times of its own: a GIF's delays are not in it
                         -: MP4 to standard output
                         After an error there is no OUT, save what a fragmented
                         one has by then; an interrupt (Ctrl-C) ends the video
                         early.
  --aud                  begin each frame with an access unit delimiter
  --repeat-headers       of .264, =false: parameter sets before the first frame
                         alone; default: before each key frame
  --layout NAME          of an MP4: progressive (default: written at the end, in
                         one go), fragmented (written piece by piece: to stream,
                         or to record what may break off), seekable (written as
                         the frames come; OUT must be a file)
  --frag-duration TIME   a fragment lasts at least 500ms, 2s, ...; default: from
                         one key frame to the next
  --frag-index NAME      none (default), mfra (at the end), sidx (before each)
  --faststart            seekable: move what players need first to the start
  --recon FILE           also write what a decoder will show, as y4m
  --psnr                 also measure PSNR
  --ssim                 also measure the SSIM of luma
  --quiet                print errors only

Quality and speed:
  --crf N                constant quality, 1 (best) to 51; default 23. 0 is
                         lossless, in profile high444, which few players have;
                         with --colormatrix gbr of the RGB samples
  --qp N                 constant quantiser instead, 1 (best) to 51; 0: lossless
  --bitrate N            a mean of N kbit/s instead
  --vbv-maxrate N        a player that receives N kbit/s never waits, if it
  --vbv-bufsize N        holds N kbit; with --crf or --bitrate
  --nal-hrd vbr          the stream says how that buffer fills, as hardware and
                         broadcasting ask for; default none
  --preset NAME          ultrafast, veryfast, medium (default), slow
  --tune NAME            psnr, ssim, animation, stillimage, screen (text, flat
                         areas, what scrolls); and zerolatency, alone or behind
                         one of them and a comma: hold no frame back
  --profile NAME         auto (default): what the preset profits from; or
                         baseline, main, high (4:2:0), high444 (4:4:4)
  --chroma 420|444       default: that of the profile, else of the input, which
                         is 420 for images and RGB
  --keyint N             at most N frames from one key frame to the next, or
                         infinite; default 250
  --min-keyint N         at least N frames before one at a scene cut
  --rc-lookahead N       hold N frames back to see what builds on them, up to
                         250; default: the preset's, 10 to 50
  --low-latency            hold no frame back
  --no-mbtree            do not favour what later frames build on
  --qpmin N, --qpmax N   limits of the quantiser of frames; default 0 and 51
  --qcomp N              how little the quantiser follows the content, 0.01 to
                         1; default 0.6
  --ipratio N            how much finer key frames are quantised, 1 to 10;
                         default 1.8
  --aq-mode NAME         what decides which blocks are flat and get a finer
                         quantiser: variance (1), auto (2, default), none (0)
  --aq-strength N        how much finer, 0 to 4; default 1
  --threads N            up to 256; default, or 0: one per processor; never
                         changes the result

What INPUT does not say, or says wrongly:
  --fps RATE             25, 23.976 or 24000/1001; default 25
  --pix-fmt NAME         raw video: bgr24, rgb24, bgra, rgba, gray, yuv420p or
                         yuv444p
  --size WxH             raw video: its size, sides up to 16880

Colour of the video. Images are converted to it; y4m and raw YUV are in it:
  --colormatrix NAME     bt709 (default), bt601 (or smpte170m, bt470bg), gbr
                         (the file has green, blue and red; 4:4:4, full range)
  --range NAME           limited (or tv; default), full (or pc)
  --colorprim NAME       bt709, bt470bg, smpte170m, ...; default: the matrix's
  --transfer NAME        bt709, smpte170m, iec61966-2-1, ...; default: the same

What the file tells of itself:
  --title TEXT, --comment TEXT
  --creation-time TIME   2024-02-29T12:00:00Z, 2024-02-29 or now; default: none
  --rotate DEGREES       players turn the video 90, 180 or 270 clockwise

  --demo                 encode 100 drawn frames, 192x108, at 23.976 fps, 4:4:4,
                         CRF 17, and print the figures
  --cpuprofile FILE      write a profile for go tool pprof
  --version, --help

Exit status: 0; 1 after an error; 2 if the command line is wrong; 130 if
interrupted, when OUT holds the frames until then.
`
