"""The other side of the comparisons: PyAV (x264, swscale) and OpenCV. Reads a request in JSON per line from standard
input and answers each with a line of JSON; {"error": ...} where it can't be done."""
import io, json, sys, time
from fractions import Fraction


def encode(r):
    """BGR frames in memory to an MP4 in memory, as users of PyAV do it."""
    start, cpu = time.perf_counter(), time.process_time()
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("h264", Fraction(*r["rate"]))
        stream.width, stream.height, stream.pix_fmt = r["width"], r["height"], r["format"]
        stream.options = {"crf": str(r["crf"]), "preset": r["preset"], "threads": str(r.get("threads", 0))}
        for pixels in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")))
        out.mux(stream.encode(None))
    answer = {"wall": time.perf_counter() - start, "cpu": time.process_time() - cpu, "bytes": len(file.getbuffer())}
    if r.get("out"):
        with open(r["out"], "wb") as f:
            f.write(file.getbuffer())
    return answer


def repeat(times, work):
    start, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    return {"wall": (time.perf_counter() - start) / times, "cpu": (time.process_time() - cpu) / times}


def cvtcolor(r):
    """OpenCV's conversion of the first frame: to planar 4:2:0, or to 4:4:4, which OpenCV packs."""
    code = {"420": cv2.COLOR_BGR2YUV_I420, "444": cv2.COLOR_BGR2YUV}[r["chroma"]]
    cv2.setNumThreads(1)
    to = cv2.cvtColor(frames[0], code)
    return repeat(r["times"], lambda: cv2.cvtColor(frames[0], code, to))


def swscale(r):
    """swscale's conversion of the first frame, through PyAV."""
    frame, format = av.VideoFrame.from_ndarray(frames[0], format="bgr24"), {"420": "yuv420p", "444": "yuv444p"}[r["chroma"]]
    return repeat(r["times"], lambda: frame.reformat(format=format))


def load(r):
    global frames
    import numpy
    frames = numpy.fromfile(r["path"], numpy.uint8).reshape(-1, r["height"], r["width"], 3)
    return {"frames": len(frames)}


def use(r):
    """Imports a module; the answer is its version."""
    module = globals()[r["module"]] = __import__(r["module"])
    return {"version": module.__version__}


for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = {f.__name__: f for f in (use, load, encode, cvtcolor, swscale)}[request["do"]](request)
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
