"""A Gradio app with the functions, parameters and components of the stock BAGEL app, and a painter that needs no model.

It listens on a port of this machine until it is stopped. Words in the prompt ask for trouble, so that a test can have
every kind: see `trouble`. The sizes are BAGEL's own: long side at most 1024, short side at least 512, multiples of 16.
"""

import argparse
import hashlib
import time

import gradio as gr
import numpy as np
from PIL import Image

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--login", default="", help="user:password")
parser.add_argument("--png", action="store_true", help="lossless pictures; the stock app sends WebP")
parser.add_argument("--seconds", type=float, default=0.2, help="how long a picture takes")
parser.add_argument("--queue", type=int, default=None, help="how many may wait")
parser.add_argument("--largest-upload", default=None)
args = parser.parse_args()

RATIOS = {"1:1": (1024, 1024), "4:3": (1024, 768), "3:4": (768, 1024), "16:9": (1024, 576), "9:16": (576, 1024)}
# What the last call was given, by function: a test reads it back through /last_call.
last_call = {}


def trouble(prompt):
    if "hidden failure" in prompt:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
    if "shown failure" in prompt:
        raise gr.Error("The model is still loading.")
    if "over quota" in prompt:
        raise gr.Error("You have exceeded your GPU quota (60s requested vs. 12s left). Try again in 0:10:30")


def work(prompt, progress):
    """Takes its time in ten steps, as a diffusion model does, and tells of each."""
    seconds = args.seconds * (40 if "slowly" in prompt else 1)
    for _ in progress.tqdm(range(10), desc="Denoising"):
        time.sleep(seconds / 10)


def canonical(image):
    height, width = image.shape[:2]
    scale = min(1024 / max(width, height), 1.0)
    scale = max(scale, 512 / min(width, height))
    size = [max(16, round(side * scale / 16) * 16) for side in (width, height)]
    return np.asarray(Image.fromarray(image).resize(size, Image.LANCZOS)) if size != [width, height] else image


def patch(image, *parts):
    """A square whose colour and place follow from prompt and seed: equal calls give equal pictures."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    painted = image.copy()
    side = min(image.shape[:2]) // 3
    top, left = digest[3] % (image.shape[0] - side), digest[4] % (image.shape[1] - side)
    painted[top : top + side, left : left + side] = list(digest[:3])
    return painted


def process_edit_image(image, prompt, show_thinking, cfg_text_scale, cfg_img_scale, cfg_interval, timestep_shift, num_timesteps,
                       cfg_renorm_min, cfg_renorm_type, max_think_token_n, do_sample, text_temperature, seed, progress=gr.Progress()):
    last_call["process_edit_image"] = {k: v for k, v in locals().items() if k not in ("image", "progress")}
    trouble(prompt)
    if image is None:
        return "Please upload an image.", ""
    work(prompt, progress)
    if "no picture" in prompt:
        return None, "I cannot edit this picture."
    return patch(canonical(image), prompt, seed), "I thought about it." if show_thinking else ""


def process_text_to_image(prompt, show_thinking, cfg_text_scale, cfg_interval, timestep_shift, num_timesteps, cfg_renorm_min,
                          cfg_renorm_type, max_think_token_n, do_sample, text_temperature, seed, image_ratio, progress=gr.Progress()):
    last_call["process_text_to_image"] = {k: v for k, v in locals().items() if k != "progress"}
    trouble(prompt)
    work(prompt, progress)
    width, height = RATIOS[image_ratio]
    rows = np.linspace(40, 200, height, dtype=np.uint8)[:, None, None]
    canvas = np.broadcast_to(rows, (height, width, 3)).copy()
    return patch(canvas, prompt, seed), ""


def process_understanding(image, prompt, show_thinking, do_sample, text_temperature, max_new_tokens):
    return "A picture."


def repaint(memory, picture, what, strength, randomize_seed, seed, style):
    """A function as other apps have it: hidden state, other names, the picture as second output, given bit by bit."""
    last_call["repaint"] = {"what": what, "strength": strength, "randomize_seed": randomize_seed, "seed": seed, "style": style}
    for step in range(3):
        time.sleep(args.seconds / 3)
        yield memory, f"step {step}", patch(picture, what, seed, step)


def slider(label, low, high, value, step=0.1):
    return gr.Slider(minimum=low, maximum=high, value=value, step=step, label=label)


def knobs(shift_high, interval, renorm):
    return {
        "show_thinking": gr.Checkbox(label="Thinking", value=False),
        "cfg_text_scale": slider("CFG Text Scale", 1.0, 8.0, 4.0),
        "cfg_img_scale": slider("CFG Image Scale", 1.0, 4.0, 2.0),
        "cfg_interval": slider("CFG Interval", 0.0, 1.0, interval),
        "timestep_shift": slider("Timestep Shift", 1.0, shift_high, 3.0, 0.5),
        "num_timesteps": slider("Timesteps", 10, 100, 50, 5),
        "cfg_renorm_min": slider("CFG Renorm Min", 0.0, 1.0, 0.0),
        "cfg_renorm_type": gr.Dropdown(choices=["global", "local", "text_channel"], value=renorm, label="CFG Renorm Type"),
        "max_think_token_n": slider("Max Think Tokens", 64, 4006, 1024, 64),
        "do_sample": gr.Checkbox(label="Sampling", value=False),
        "text_temperature": slider("Temperature", 0.1, 1.0, 0.3),
        "seed": slider("Seed", 0, 1000000, 0, 1),
    }


result = {"format": "png"} if args.png else {}
with gr.Blocks() as app:
    with gr.Tab("Text to Image"):
        prompt = gr.Textbox(label="Prompt", value="A fairy in a magical forest")
        made = knobs(5.0, 0.4, "global")
        del made["cfg_img_scale"]
        ratio = gr.Dropdown(choices=list(RATIOS), value="1:1", label="Image Ratio")
        button = gr.Button("Generate")
        gr.on([button.click, prompt.submit], process_text_to_image, [prompt, *made.values(), ratio],
              [gr.Image(label="Generated Image", **result), gr.Textbox(label="Thinking Process")])
    with gr.Tab("Image Edit"):
        picture = gr.Image(label="Input Image")
        prompt = gr.Textbox(label="Prompt", value="She boards a modern subway")
        made = knobs(10.0, 0.0, "text_channel")
        button = gr.Button("Submit")
        gr.on([button.click, prompt.submit], process_edit_image, [picture, prompt, *made.values()],
              [gr.Image(label="Result", **result), gr.Textbox(label="Thinking Process")])
        made["show_thinking"].change(lambda show: gr.update(visible=show), made["show_thinking"], made["do_sample"])
    with gr.Tab("Image Understanding"):
        picture = gr.Image(label="Input Image")
        prompt = gr.Textbox(label="Prompt")
        button = gr.Button("Submit")
        gr.on([button.click, prompt.submit], process_understanding,
              [picture, prompt, gr.Checkbox(label="Thinking"), gr.Checkbox(label="Sampling"), slider("Temperature", 0.0, 1.0, 0.3),
               slider("Max New Tokens", 64, 4096, 512, 64)], gr.Textbox(label="Result"))
    with gr.Tab("Another app"):
        gr.Button("Repaint").click(
            repaint,
            [gr.State("kept"), gr.Image(label="Picture"), gr.Textbox(label="What"), slider("Strength", 0.0, 1.0, 0.8),
             gr.Checkbox(label="Randomize seed", value=True), gr.Number(label="Seed", value=7, precision=0),
             gr.Dropdown(choices=["photo", "sketch"], value="photo", label="Style")],
            [gr.State(), gr.Textbox(label="Log"), gr.Image(label="Result", format="png")])
        gr.Button("Last call").click(lambda name: last_call.get(name), gr.Textbox(label="Function"), gr.JSON(), api_name="last_call")

app.queue(max_size=args.queue)
app.launch(server_name="127.0.0.1", server_port=args.port, auth=tuple(args.login.split(":")) if args.login else None, quiet=True,
           max_file_size=args.largest_upload)
